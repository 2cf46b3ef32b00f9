import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

type Row = { id: number; at: Date; tag: string };

// #region built-ins
/** From a file called utils.ts, where each was written once, in a hurry. */
const utils = {
  clone: <T>(value: T) => JSON.parse(JSON.stringify(value)) as T,
  isEqual: (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b),
  groupedByTag: (rows: Row[]) => {
    const groups: Record<string, Row[]> = {};
    for (const row of rows) (groups[row.tag] ??= []).push(row);
    return Object.keys(groups);
  },
  newestFirst: (rows: Row[]) => rows.sort((a, b) => b.id - a.id),
  query: (values: Record<string, string>) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join('&'),
};

/** The same five, as they come with the language and with Node.js. */
const builtIn: typeof utils = {
  clone: (value) => structuredClone(value),
  isEqual: (a, b) => isDeepStrictEqual(a, b),
  groupedByTag: (rows) => [...Map.groupBy(rows, ({ tag }) => tag).keys()],
  newestFirst: (rows) => rows.toSorted((a, b) => b.id - a.id),
  query: (values) => new URLSearchParams(values).toString(),
};
// #endregion built-ins

const row = (id: number, tag: string): Row => ({
  id,
  at: new Date('2026-01-01T00:00:00Z'),
  tag,
});

/** What came out, or the name of the error. */
function outcome(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    assert(error instanceof Error);
    return error.name;
  }
}

const cases: [string, (code: typeof utils) => unknown, string, string][] = [
  [
    'a date, cloned, is a',
    ({ clone }) => typeof clone(row(1, 'a')).at,
    'string',
    'object',
  ],
  [
    '{a, b} equals {b, a}',
    ({ isEqual }) => isEqual({ a: 1, b: 2 }, { b: 2, a: 1 }),
    'false',
    'true',
  ],
  ['NaN equals null', ({ isEqual }) => isEqual([NaN], [null]), 'true', 'false'],
  [
    'group `constructor`',
    ({ groupedByTag }) => groupedByTag([row(1, 'constructor')]),
    'TypeError',
    'constructor',
  ],
  [
    'first row after a sort',
    ({ newestFirst }) => {
      const rows = [row(1, 'a'), row(2, 'b')];
      newestFirst(rows);
      return rows[0]?.id;
    },
    '2',
    '1',
  ],
  [
    'R&D in a query',
    ({ query }) =>
      new URLSearchParams(query({ unit: 'R&D', page: '1' })).get('unit'),
    'R',
    'R&D',
  ],
];
console.log('                        utils.ts   built in');
for (const [name, work, ours, theirs] of cases) {
  const seen = [utils, builtIn].map((code) => outcome(() => work(code)));
  console.log(name.padEnd(23), seen[0]?.padEnd(10), seen[1]);
  assert.deepEqual(seen, [ours, theirs]);
}
