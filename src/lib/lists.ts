import type { Kept } from './kept.ts';
import {
  ACTIVE_KEY,
  activeList,
  isDay,
  isId,
  LIST_PREFIX,
  listRecord,
  MAIN,
  putAside,
  TICK_PREFIX,
  tickKey,
  UNNAMED,
} from './ticks.ts';

/** A reader's list of ticks: `ticked` has the day by the rule's id, rules that have gone included. */
export interface List {
  id: string;
  name: string;
  ticked: Record<string, string>;
}

/** How long a deleted list can be brought back, in milliseconds. */
const GRACE = 24 * 60 * 60 * 1000;

/** The lists that are not deleted, with the first one first and the others by name. There is always one. */
export function listsIn(kept: Kept): List[] {
  const ticked = ticksByList(kept);
  const known = kept.keys(LIST_PREFIX).map((key) => key.slice(LIST_PREFIX.length));
  const ids = [...new Set([MAIN, ...known.filter(isId), ...ticked.keys()])];
  const there = ids.filter((id) => !listRecord(kept, id)?.gone);
  // A list that was the only one leaves an empty one behind.
  if (there.length === 0) there.push(nextMain(ids));
  return there
    .map((id) => ({ id, name: nameOf(kept, id), ticked: Object.fromEntries(ticked.get(id) ?? []) }))
    .sort((a, b) => Number(b.id === MAIN) - Number(a.id === MAIN) || a.name.localeCompare(b.name));
}

const nextMain = (ids: string[]) => {
  let count = 2;
  while (ids.includes(`${MAIN}-${count}`)) count += 1;
  return `${MAIN}-${count}`;
};

/** What a list is called. One whose name cannot be read still has its ticks. */
export const nameOf = (kept: Kept, id: string) =>
  listRecord(kept, id)?.name ?? (id.startsWith(MAIN) ? UNNAMED : 'Recovered list');

/** The days by rule of every list that has a tick, deleted or not. */
function ticksByList(kept: Kept): Map<string, [string, string][]> {
  const found = new Map<string, [string, string][]>();
  for (const key of kept.keys(TICK_PREFIX).sort()) {
    const [list, rule, ...more] = key.slice(TICK_PREFIX.length).split(':');
    const day = kept.read(key);
    if (!isId(list) || !isId(rule) || more.length > 0 || !isDay(day)) continue;
    const days = found.get(list) ?? [];
    days.push([rule, day]);
    found.set(list, days);
  }
  return found;
}

/** What is wrong with a name for a list, as a sentence; undefined if nothing is. `others` are the names that are taken. */
export function nameProblem(name: string, others: string[] = []): string | undefined {
  if (name.trim() === '') return 'Give the list a name.';
  if (name.length > 60) return 'A name has at most 60 characters.';
  if (/[<>\p{Cc}\p{Bidi_Control}]/u.test(name)) return 'A name has no < or > and no control characters.';
  if (others.includes(name)) return `There is a list called “${name}”.`;
  return undefined;
}

/** Names a list, and makes it if it is new. */
export const nameList = (kept: Kept, id: string, name: string) =>
  void kept.write(LIST_PREFIX + id, JSON.stringify({ name }));

/** Shows a list on every page. */
export const openList = (kept: Kept, id: string) => void kept.write(ACTIVE_KEY, id);

/** Deletes a list: it is hidden, and its ticks stay until `purge`. If it was shown, the first of the others is. */
export function deleteList(kept: Kept, id: string, now: Date) {
  kept.write(LIST_PREFIX + id, JSON.stringify({ name: nameOf(kept, id), gone: now.toISOString() }));
  if (activeList(kept) === id) openList(kept, listsIn(kept)[0]?.id ?? MAIN);
}

/** Brings a deleted list back, and shows it. */
export function restoreList(kept: Kept, id: string) {
  nameList(kept, id, nameOf(kept, id));
  openList(kept, id);
}

/** Puts aside what should be the record of a list and cannot be read. The list's ticks stay. */
export function putBadRecordsAside(kept: Kept) {
  for (const key of kept.keys(LIST_PREFIX)) {
    const id = key.slice(LIST_PREFIX.length);
    if (isId(id) && listRecord(kept, id)) continue;
    putAside(kept, key, kept.read(key) ?? '');
    kept.write(key, null);
  }
}

/** Removes lists that were deleted more than a day ago. */
export function purge(kept: Kept, now: Date) {
  for (const key of kept.keys(LIST_PREFIX)) {
    const id = key.slice(LIST_PREFIX.length);
    const gone = listRecord(kept, id)?.gone;
    if (!gone || now.getTime() - Date.parse(gone) < GRACE) continue;
    for (const [rule] of ticksByList(kept).get(id) ?? []) kept.write(tickKey(id, rule), null);
    // The first list is known without a key, so it stays deleted under its own.
    if (id !== MAIN) kept.write(key, null);
  }
}
