import { describe, expect, test } from 'vitest';
import { Kept } from '../../../src/lib/kept.ts';
import { deleteList, listsIn, nameList } from '../../../src/lib/lists.ts';
import { applyChanges, changesAnything, changesOf, changeText } from '../../../src/lib/ticks-import.ts';
import { tick } from '../../../src/lib/ticks.ts';
import { shelfOf } from './shelf.ts';

const DAY = '2026-11-22';
const RULES = new Set(['a', 'b', 'c']);

function here() {
  const shelf = shelfOf();
  const kept = new Kept(() => shelf);
  tick(kept, 'main', 'a', '2026-01-01');
  nameList(kept, 'x', 'orders');
  return kept;
}
const changes = (kept: Kept, ...lists: { id: string; name: string; ticked: Record<string, string> }[]) =>
  changesOf({ version: 2, active: 'main', lists }, listsIn(kept), RULES, kept, () => 'fresh');

test('says what it will do, and does it', () => {
  const kept = here();
  const plan = changes(
    kept,
    { id: 'main', name: 'My checklist', ticked: { a: DAY, b: DAY, gone: DAY } },
    { id: 'y', name: 'billing', ticked: { c: DAY } },
  );
  expect(plan.map(changeText)).toEqual([
    '2 ticks are added. 1 is there already and keeps its day. 1 is for a rule that this page does not have; kept all the same.',
    'A new list with 1 tick.',
  ]);
  applyChanges(kept, plan);
  expect(listsIn(kept)).toEqual([
    { id: 'main', name: 'My checklist', ticked: { a: '2026-01-01', b: DAY, gone: DAY } },
    { id: 'y', name: 'billing', ticked: { c: DAY } },
    { id: 'x', name: 'orders', ticked: {} },
  ]);
  expect(changesAnything(changes(kept, ...listsIn(kept)))).toBe(false);
});

describe('a list goes', () => {
  const target = (id: string, name: string, kept = here()) => changes(kept, { id, name, ticked: {} })[0]?.id;

  test('to the one with its id, whatever that is called now', () => expect(target('x', 'old name')).toBe('x'));
  test('or to the one with its name', () => expect(target('z', 'orders')).toBe('x'));
  test('or is new', () => expect(target('z', 'billing')).toBe('z'));
  test('the first list of another browser is not the first one here by its id alone', () => {
    expect(target('main', 'Ana’s')).toBe('fresh');
    expect(target('main', 'My checklist')).toBe('main');
  });
  test('does not bring back a list that was deleted', () => {
    const kept = here();
    deleteList(kept, 'x', new Date());
    expect(target('x', 'orders', kept)).toBe('fresh');
  });
});
