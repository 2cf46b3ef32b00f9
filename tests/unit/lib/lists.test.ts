import { describe, expect, test } from 'vitest';
import { Kept } from '../../../src/lib/kept.ts';
import {
  deleteList,
  listsIn,
  nameList,
  nameProblem,
  openList,
  purge,
  putBadRecordsAside,
  restoreList,
} from '../../../src/lib/lists.ts';
import { activeList, tick } from '../../../src/lib/ticks.ts';
import { shelfOf } from './shelf.ts';

const NOON = new Date('2026-11-22T12:00:00Z');
const LATER = new Date('2026-11-24T12:00:00Z');
const names = (kept: Kept) => listsIn(kept).map(({ name }) => name);

function withTwo() {
  const shelf = shelfOf();
  const kept = new Kept(() => shelf);
  nameList(kept, 'x', 'orders-api review');
  openList(kept, 'x');
  tick(kept, 'x', 'a', '2026-11-22');
  tick(kept, 'main', 'b', '2026-11-22');
  return { kept, shelf };
}

test('each list has its own ticks, and there is one from the start', () => {
  expect(listsIn(new Kept(() => shelfOf()))).toEqual([{ id: 'main', name: 'My checklist', ticked: {} }]);
  expect(listsIn(withTwo().kept)).toEqual([
    { id: 'main', name: 'My checklist', ticked: { b: '2026-11-22' } },
    { id: 'x', name: 'orders-api review', ticked: { a: '2026-11-22' } },
  ]);
});

test('a list whose name is damaged or gone still has its ticks', () => {
  const { kept } = withTwo();
  kept.write('handbook:v2:list:x', '{');
  expect(listsIn(kept)[1]).toEqual({ id: 'x', name: 'Recovered list', ticked: { a: '2026-11-22' } });
});

test('a record that cannot be read is put aside, and the others stay', () => {
  const { kept, shelf } = withTwo();
  kept.write('handbook:v2:list:y', '{');
  putBadRecordsAside(kept);
  expect(shelf.all.get('handbook:unread:handbook:v2:list:y')).toBe('{');
  expect(names(kept)).toEqual(['My checklist', 'orders-api review']);
});

describe('deleteList', () => {
  test('shows another list, and restoreList brings all of it back', () => {
    const { kept } = withTwo();
    const before = listsIn(kept);
    deleteList(kept, 'x', NOON);
    expect(names(kept)).toEqual(['My checklist']);
    expect(activeList(kept)).toBe('main');
    restoreList(kept, 'x');
    expect(listsIn(kept)).toEqual(before);
    expect(activeList(kept)).toBe('x');
  });

  test('leaves an empty list when it was the only one', () => {
    const { kept } = withTwo();
    deleteList(kept, 'x', NOON);
    deleteList(kept, 'main', NOON);
    expect(listsIn(kept)).toEqual([{ id: 'main-2', name: 'My checklist', ticked: {} }]);
    expect(activeList(kept)).toBe('main-2');
    restoreList(kept, 'main');
    expect(listsIn(kept)).toEqual([{ id: 'main', name: 'My checklist', ticked: { b: '2026-11-22' } }]);
  });
});

test('purge removes what was deleted more than a day ago, and nothing else', () => {
  const { kept, shelf } = withTwo();
  deleteList(kept, 'x', NOON);
  purge(kept, new Date(NOON.getTime() + 1000));
  expect(shelf.all.has('handbook:v2:tick:x:a')).toBe(true);
  purge(kept, LATER);
  expect([...shelf.all.keys()].filter((key) => key.includes(':x'))).toEqual([]);
  expect(names(kept)).toEqual(['My checklist']);
  expect(listsIn(kept)[0]?.ticked).toEqual({ b: '2026-11-22' });
});

test('a first list that was deleted does not come back when it is purged', () => {
  const { kept } = withTwo();
  deleteList(kept, 'main', NOON);
  purge(kept, LATER);
  expect(names(kept)).toEqual(['orders-api review']);
});

test.each([
  ['', 'Give the list a name'],
  ['  ', 'Give the list a name'],
  ['x'.repeat(61), 'at most 60'],
  ['<b>x</b>', 'no < or >'],
  ['a\nb', 'control'],
  ['a\u202Eb', 'control'],
  ['taken', 'There is a list'],
])('%j is no name for a list', (name, problem) => expect(nameProblem(name, ['taken'])).toContain(problem));

test('most names are fine', () => expect(nameProblem('orders-api review (Q4) ü')).toBeUndefined());
