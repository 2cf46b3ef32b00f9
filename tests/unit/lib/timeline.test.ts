import { expect, test } from 'vitest';
import { timelineOf } from '../../../src/lib/timeline.ts';

const RECORD = `a table that is none of this

Ann   BEGIN; SELECT     idle in transaction
Bob   ALTER TABLE       waits for Ann
Cleo  SELECT            waits for Bob
Ann   COMMIT, later     Bob and Cleo go on
Bob   COMMIT
`;

test('reads who did what, and how it went, in order', () => {
  const { sessions, events } = timelineOf(RECORD, 1);
  expect(sessions).toEqual(['Ann', 'Bob', 'Cleo']);
  expect(events[1]).toEqual({ who: 'Bob', what: 'ALTER TABLE', how: 'waits for Ann', row: 2, column: 2 });
  expect(events.at(-1)).toMatchObject({ what: 'COMMIT', how: '', row: 5 });
});

test('a session waits until it is named or acts again, and lives from its first moment to its last', () => {
  const { waits, lives } = timelineOf(RECORD, 1);
  expect(waits).toEqual([
    { column: 2, from: 2, to: 4 },
    { column: 3, from: 3, to: 4 },
  ]);
  expect(lives).toEqual([
    { column: 1, from: 1, to: 4 },
    { column: 2, from: 2, to: 5 },
    { column: 3, from: 3, to: 4 },
  ]);
});

test('a session that nobody lets go on waits to the end', () => {
  expect(timelineOf('Ann  BEGIN\nBob  LOCK  waits for Ann\nAnn  SELECT\n').waits).toEqual([
    { column: 2, from: 2, to: 3 },
  ]);
});

test('refuses a paragraph that is not there, and a line that is no row', () => {
  expect(() => timelineOf(RECORD, 2)).toThrow('there is no paragraph 2; there are 2');
  expect(() => timelineOf('Ann BEGIN\n')).toThrow('"Ann BEGIN" is no row');
});
