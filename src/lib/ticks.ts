import type { Kept } from './kept.ts';

/*
 * Each tick is a key of its own, `handbook:v2:tick:<list>:<rule>`, with its day as the value, so that two tabs that tick at
 * the same time write different keys and neither can undo the other. A list's name is a key too, `handbook:v2:list:<list>`.
 */
const PREFIX = 'handbook:v2:';

/** The list that a reader has from the start. */
export const MAIN = 'main';

/** What a list is called that nobody has named. */
export const UNNAMED = 'My checklist';

/** Under which the list is kept that boxes show. */
export const ACTIVE_KEY = `${PREFIX}active`;

/** How the keys of lists begin; the list's id follows. */
export const LIST_PREFIX = `${PREFIX}list:`;

/** How the keys of ticks begin; `<list>:<rule>` follows. */
export const TICK_PREFIX = `${PREFIX}tick:`;

/** Where version 1 kept everything: `{"version":1,"ticked":{"pagination-keyset":"2026-11-22"}}`. */
export const V1_KEY = 'handbook:ticks';

/** How the keys begin of what could not be read; the key that it stood under follows. */
export const ASIDE_PREFIX = 'handbook:unread:';

/** Where the day is kept on which a rule was ticked in a list. */
export const tickKey = (list: string, rule: string) => `${TICK_PREFIX}${list}:${rule}`;

/** Whether this can be the id of a rule or of a list. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 100 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value);

/** Whether this is a day: `2026-11-22`. */
export const isDay = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

/** The day of a moment, where the reader is: `2026-11-22`. */
export const dayOf = (moment: Date) =>
  [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');

/** The list that boxes show. */
export function activeList(kept: Kept): string {
  const id = kept.read(ACTIVE_KEY);
  return isId(id) ? id : MAIN;
}

/** What is kept about a list; undefined for nothing, or for what cannot be read. `gone` is when it was deleted. */
export function listRecord(kept: Kept, list: string): { name: string; gone?: string } | undefined {
  const record = parsed(kept.read(LIST_PREFIX + list)) as { name?: unknown; gone?: unknown } | null | undefined;
  if (typeof record?.name !== 'string') return undefined;
  return { name: record.name, ...(typeof record.gone === 'string' && { gone: record.gone }) };
}

/** Whether a rule is ticked. A value that is no day is put aside. */
export function isTicked(kept: Kept, list: string, rule: string): boolean {
  const key = tickKey(list, rule);
  const day = kept.read(key);
  if (day === null || isDay(day)) return day !== null;
  putAside(kept, key, day);
  kept.write(key, null);
  return false;
}

/** Ticks a rule on a day, or takes its tick away for null. Answers whether the browser has stored that. */
export const tick = (kept: Kept, list: string, rule: string, day: string | null) =>
  kept.write(tickKey(list, rule), day);

/**
 * Turns what version 1 kept into ticks of the main list; what is ticked there keeps its day. What cannot be read is put
 * aside whole. Where the browser cannot store all of this, the old form stays as it is.
 */
export function takeOver(kept: Kept) {
  const stored = kept.read(V1_KEY);
  if (!stored) return;
  const { version, ticked } = (parsed(stored) ?? {}) as { version?: unknown; ticked?: unknown };
  const isOld = version === 1 && typeof ticked === 'object' && ticked !== null && !Array.isArray(ticked);
  const entries = isOld ? Object.entries(ticked) : [];
  const good = entries.filter(([rule, day]) => isId(rule) && isDay(day));
  const readable = isOld && good.length === entries.length;
  const done = [
    readable || putAside(kept, V1_KEY, stored),
    ...good.map(([rule, day]) => isTicked(kept, MAIN, rule) || tick(kept, MAIN, rule, day as string)),
  ];
  if (done.every(Boolean)) kept.write(V1_KEY, null);
}

/** Keeps a value under another key, beside earlier ones. Answers whether the browser has stored it. */
export function putAside(kept: Kept, key: string, value: string): boolean {
  let aside = ASIDE_PREFIX + key;
  for (let count = 2; ![null, value].includes(kept.read(aside)); count += 1) aside = `${ASIDE_PREFIX}${key}:${count}`;
  return kept.write(aside, value);
}

function parsed(json: string | null): unknown {
  try {
    return JSON.parse(json ?? 'null');
  } catch {
    return undefined;
  }
}
