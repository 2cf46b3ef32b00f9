import { describe, expect, test } from 'vitest';
import { countOf, none, ticksFrom, withTick } from '../../../src/lib/ticks.ts';

describe('ticksFrom', () => {
  test('reads back what was stored', () => {
    const ticks = withTick(none(), 'a', true, '2026-11-22');
    expect(ticksFrom(JSON.stringify(ticks))).toEqual(ticks);
  });

  test.each([null, ''])('reads %j as nothing ticked', (stored) => expect(ticksFrom(stored)).toEqual(none()));

  test.each([
    '{',
    '[]',
    '{"version":2,"ticked":{}}',
    '{"version":1,"ticked":{"a":true}}',
    '{"version":1,"ticked":{"a":"soon"}}',
  ])('does not take %j for ticks', (stored) => expect(ticksFrom(stored)).toBeUndefined());
});

describe('withTick', () => {
  test('adds a tick with its day and takes it away again', () => {
    const one = withTick(none(), 'a', true, '2026-11-22');
    expect(one.ticked).toEqual({ a: '2026-11-22' });
    expect(withTick(one, 'a', false, '2026-11-23').ticked).toEqual({});
  });

  test('keeps a tick whose rule has gone', () => {
    const old = { version: 1 as const, ticked: { gone: '2025-01-01' } };
    expect(withTick(old, 'a', true, '2026-11-22').ticked).toHaveProperty('gone');
  });

  test('leaves what it was given as it was', () => {
    const before = none();
    withTick(before, 'a', true, '2026-11-22');
    expect(before).toEqual(none());
  });
});

test('only rules that are asked for are counted', () => {
  expect(countOf({ version: 1, ticked: { a: '2026-11-22', gone: '2026-11-22' } }, ['a', 'b'])).toBe(1);
});
