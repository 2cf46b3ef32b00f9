import type { Kept } from './kept.ts';
import { nameList, type List } from './lists.ts';
import { listRecord, MAIN, tick } from './ticks.ts';
import { counted } from './text.ts';
import type { TicksFile } from './ticks-file.ts';

/** What an import will do to one list. It adds and never takes away. */
export interface Change {
  /** The list that the ticks go to. */
  id: string;
  name: string;
  /** Whether the list is made for them. */
  isNew: boolean;
  /** Ticks that the list does not have, with their days. */
  added: [rule: string, day: string][];
  /** How many it has already; they keep their day. */
  already: number;
  /** How many of the added ones are for rules that the handbook does not have, or has no more. */
  strange: number;
}

/**
 * What importing a file would change, list by list. A list goes to the one with its id, or else to the one with its name, or
 * else it is new. Every browser's first list has the same id, so that alone does not make two of them one. `newId` is for a
 * list whose id stands for another one here.
 */
export function changesOf(
  file: TicksFile,
  here: List[],
  rules: Set<string>,
  kept: Kept,
  newId: () => string,
): Change[] {
  return file.lists.map((list) => {
    const target = targetOf(list, here);
    const taken = !target && (list.id === MAIN || listRecord(kept, list.id)?.gone);
    const has = target?.ticked ?? {};
    const added = Object.entries(list.ticked).filter(([rule]) => !Object.hasOwn(has, rule));
    return {
      id: target?.id ?? (taken ? newId() : list.id),
      name: target?.name ?? list.name,
      isNew: !target,
      added,
      already: Object.keys(list.ticked).length - added.length,
      strange: added.filter(([rule]) => !rules.has(rule)).length,
    };
  });
}

function targetOf(list: List, here: List[]): List | undefined {
  const named = here.find(({ name }) => name === list.name);
  return (list.id === MAIN ? undefined : here.find(({ id }) => id === list.id)) ?? named;
}

/** Whether an import would change anything. */
export const changesAnything = (changes: Change[]) => changes.some(({ isNew, added }) => isNew || added.length > 0);

/** A change as a sentence for the preview: `12 ticks are added, 3 are there already.` */
export function changeText({ isNew, added, already, strange }: Change): string {
  const parts = [
    isNew
      ? `A new list with ${counted(added.length, 'tick')}.`
      : added.length === 0
        ? 'Nothing changes.'
        : `${counted(added.length, 'tick')} ${added.length === 1 ? 'is' : 'are'} added.`,
    already > 0 &&
      `${already} ${already === 1 ? 'is' : 'are'} there already and ${already === 1 ? 'keeps its day' : 'keep their days'}.`,
    strange > 0 &&
      `${strange} ${strange === 1 ? 'is for a rule' : 'are for rules'} that this page does not have; kept all the same.`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** Does what the preview said. */
export function applyChanges(kept: Kept, changes: Change[]) {
  for (const { id, name, isNew, added } of changes) {
    if (isNew) nameList(kept, id, name);
    for (const [rule, day] of added) tick(kept, id, rule, day);
  }
}
