import { expect, test } from 'vitest';
import { comparisonOf } from '../../../src/lib/comparison.ts';

test('says that two equal outputs do not differ', () => {
  const { differing, rows } = comparisonOf('a\nb\n', 'a\nb\n');
  expect(differing).toBe(0);
  expect(rows).toEqual([
    { kind: 'same', text: 'a' },
    { kind: 'same', text: 'b' },
  ]);
});

test('puts the recorded line above the one that was printed in its place', () => {
  const { differing, rows } = comparisonOf('a\nb\nc\nd\n', 'a\nB\nc\nD\n');
  expect(differing).toBe(2);
  expect(rows.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'same a',
    'recorded b',
    'printed B',
    'same c',
    'recorded d',
    'printed D',
  ]);
});

test('finds a line that is missing, and one too many, without calling what follows different', () => {
  expect(comparisonOf('a\nb\nc\n', 'a\nc\n').rows).toContainEqual({ kind: 'recorded', text: 'b' });
  expect(comparisonOf('a\nb\nc\n', 'a\nc\n').differing).toBe(1);
  expect(comparisonOf('a\nc\n', 'a\nb\nc\n').rows).toContainEqual({ kind: 'printed', text: 'b' });
});

test('takes an empty output for no lines', () => {
  expect(comparisonOf('', '').differing).toBe(0);
  expect(comparisonOf('a\n', '').rows).toEqual([{ kind: 'recorded', text: 'a' }]);
});
