import { describe, expect, test } from 'vitest';
import { Kept } from '../../../src/lib/kept.ts';
import { activeList, ASIDE_PREFIX, dayOf, isDay, isId, isTicked, takeOver, tick } from '../../../src/lib/ticks.ts';
import { shelfOf } from './shelf.ts';

const V1 = 'handbook:ticks';
const A = 'handbook:v2:tick:main:a';

test('a tick has its day in its list, and goes again', () => {
  const shelf = shelfOf();
  const kept = new Kept(() => shelf);
  tick(kept, 'main', 'a', '2026-11-22');
  expect(shelf.all.get(A)).toBe('2026-11-22');
  expect(isTicked(kept, 'main', 'a')).toBe(true);
  expect(isTicked(kept, 'other', 'a')).toBe(false);
  tick(kept, 'main', 'a', null);
  expect(isTicked(kept, 'main', 'a')).toBe(false);
});

test('two tabs that tick at the same time both keep their ticks', () => {
  const shelf = shelfOf();
  const tabs = [new Kept(() => shelf), new Kept(() => shelf)] as const;
  // Each has read everything before either writes.
  for (const tab of tabs) expect(isTicked(tab, 'main', 'a') || isTicked(tab, 'main', 'b')).toBe(false);
  tick(tabs[0], 'main', 'a', '2026-11-22');
  tick(tabs[1], 'main', 'b', '2026-11-22');
  expect(['a', 'b'].map((rule) => isTicked(new Kept(() => shelf), 'main', rule))).toEqual([true, true]);
});

test('a value that is no day is put aside, not ticked and not lost', () => {
  const shelf = shelfOf({ [A]: '{"foreign":1}' });
  expect(isTicked(new Kept(() => shelf), 'main', 'a')).toBe(false);
  expect([...shelf.all]).toEqual([[ASIDE_PREFIX + A, '{"foreign":1}']]);
});

describe('takeOver', () => {
  const taken = (stored: string, more: Record<string, string> = {}, room = Infinity) => {
    const shelf = shelfOf({ ...more, [V1]: stored }, room);
    const kept = new Kept(() => shelf);
    takeOver(kept);
    return { kept, all: Object.fromEntries(shelf.all) };
  };

  test('turns version 1 into ticks, those whose rule has gone included', () => {
    const { all } = taken('{"version":1,"ticked":{"a":"2026-11-22","gone-b":"2025-01-01"}}');
    expect(all).toEqual({ [A]: '2026-11-22', 'handbook:v2:tick:main:gone-b': '2025-01-01' });
  });

  test('keeps the day of what is ticked already', () => {
    const { all } = taken('{"version":1,"ticked":{"a":"2026-11-22"}}', { [A]: '2026-01-01' });
    expect(all).toEqual({ [A]: '2026-01-01' });
  });

  test.each([
    '{',
    '[]',
    'null',
    '"text"',
    '{"version":3,"ticked":{}}',
    '{"version":1}',
    '{"version":1,"ticked":[]}',
    '{"version":1,"ticked":null,"x":1}',
    '{"version":1,"ticked":{"<b>":"2026-11-22"}}',
  ])('puts %j aside', (stored) => {
    expect(taken(stored).all).toEqual({ [`${ASIDE_PREFIX}${V1}`]: stored });
  });

  test('puts a damaged store aside whole, and takes over what can be read', () => {
    const stored = '{"version":1,"ticked":{"a":"2026-11-22","b":true}}';
    expect(taken(stored).all).toEqual({ [A]: '2026-11-22', [`${ASIDE_PREFIX}${V1}`]: stored });
  });

  test('does not write over what was put aside before', () => {
    const { all } = taken('{', { [`${ASIDE_PREFIX}${V1}`]: '[' });
    expect(all).toEqual({ [`${ASIDE_PREFIX}${V1}`]: '[', [`${ASIDE_PREFIX}${V1}:2`]: '{' });
  });

  test('leaves the old form where the browser has no room for the new one', () => {
    const stored = '{"version":1,"ticked":{"a":"2026-11-22"}}';
    const { all, kept } = taken(stored, {}, V1.length + stored.length);
    expect(all).toEqual({ [V1]: stored });
    expect(isTicked(kept, 'main', 'a')).toBe(true);
    expect(kept.all).toBe(false);
  });
});

test.each(['<b>', 'a b', '', 'a:b', '__proto__'])('an active list called %j is the first one', (id) => {
  expect(activeList(new Kept(() => shelfOf({ 'handbook:v2:active': id })))).toBe('main');
});

test('knows days and ids', () => {
  expect(['2026-11-22', '2026-13-01', '26-11-22', 20261122, null].map(isDay)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(['a', 'a-b2', 'A', 'a_b', '-a', 'x'.repeat(101), 1].map(isId)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(dayOf(new Date(2026, 0, 2, 23, 59))).toBe('2026-01-02');
});
