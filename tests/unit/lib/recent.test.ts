import { expect, test } from 'vitest';
import { recentOf, withRecent } from '../../../src/lib/recent.ts';

test('keeps the last six searches, the latest first, each once', () => {
  const recent = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(withRecent(recent, 'C')).toEqual(['C', 'a', 'b', 'd', 'e', 'f']);
  expect(withRecent(recent, 'g')).toEqual(['g', 'a', 'b', 'c', 'd', 'e']);
});

test('reads what it stored, and nothing from what it cannot read', () => {
  expect(recentOf(JSON.stringify(['a', 'b']))).toEqual(['a', 'b']);
  for (const stored of [null, '', '{', '{"a":1}', 'null']) expect(recentOf(stored), String(stored)).toEqual([]);
  expect(recentOf('[1, "", "a"]')).toEqual(['a']);
});
