import { describe, expect, test } from 'vitest';
import { columnOf, gridOf, layoutOf } from '../../../src/lib/plot.ts';

const output = 'skipped  offset keyset\n0        4      4\n150,000  1,682  4\n';

describe('columnOf', () => {
  test('reads a column by its name, thousands and all', () => expect(columnOf(output, 'offset')).toEqual([4, 1682]));
  test('names the columns there are when one is missing', () =>
    expect(() => columnOf(output, 'pages')).toThrow('there is no column "pages"; there are skipped, offset, keyset'));
  test('refuses a cell that is no number', () =>
    expect(() => columnOf('a b\n1 x\n', 'b')).toThrow('"x" in column "b" is no number'));
  test('refuses a row that is too short', () => expect(() => columnOf('a b\n1\n', 'b')).toThrow('no number'));
});

test.each([
  [1682, [500, 1000, 1500]],
  [150_000, [50_000, 100_000, 150_000]],
  [4, [2, 4]],
  [0.7, [0.2, 0.4, 0.6]],
])('grid lines up to %d are round and at most three', (max, lines) => expect(gridOf(max)).toEqual(lines));

test('a layout puts nothing at the floor and the greatest value at the top', () => {
  const layout = layoutOf([0, 150_000], [{ name: 'offset', values: [0, 1682] }], 736, 250);
  expect(layout.lines[0]?.points[0]).toEqual({ x: layout.left, y: layout.floor });
  expect(layout.lines[0]?.points[1]).toEqual({ x: layout.right, y: 36 });
  expect(layout.rows[0]).toEqual({ value: 0, y: layout.floor });
});
