import { describe, expect, test } from 'vitest';
import { Kept, type Shelf } from '../../../src/lib/kept.ts';
import { shelfOf } from './shelf.ts';

const denied = () => {
  throw new Error('SecurityError');
};

test('reads back what it wrote, and removes', () => {
  const shelf = shelfOf();
  const kept = new Kept(() => shelf);
  expect(kept.write('a', '1')).toBe(true);
  expect(kept.read('a')).toBe('1');
  expect(kept.keys('a')).toEqual(['a']);
  kept.write('a', null);
  expect(kept.read('a')).toBeNull();
  expect(kept.all).toBe(true);
});

describe.each([
  ['denied', denied],
  ['null', () => null as unknown as Shelf],
])('where storage is %s', (_, shelf) => {
  test('remembers until the page closes, and says that it is not all kept', () => {
    const kept = new Kept(shelf);
    expect(kept.read('a')).toBeNull();
    expect(kept.all).toBe(false);
    expect(kept.write('a', '1')).toBe(false);
    expect(kept.read('a')).toBe('1');
    expect(kept.keys('')).toEqual(['a']);
  });
});

test('remembers what a full storage does not take, and stores it when there is room again', () => {
  const shelf = shelfOf({ filler: 'x'.repeat(80) }, 100);
  const kept = new Kept(() => shelf);
  expect(kept.write('long', 'y'.repeat(50))).toBe(false);
  expect(kept.read('long')).toBe('y'.repeat(50));
  expect(kept.all).toBe(false);
  shelf.removeItem('filler');
  expect(kept.write('a', '1')).toBe(true);
  expect(shelf.all.get('long')).toBe('y'.repeat(50));
  expect(kept.all).toBe(true);
});

test('what another tab has written wins over what this one could not store', () => {
  const shelf = shelfOf({ a: '1' }, 4);
  const kept = new Kept(() => shelf);
  kept.write('a', 'longer');
  kept.forget('a');
  expect(kept.read('a')).toBe('1');
});
