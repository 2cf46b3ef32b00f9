import { expect, test } from 'vitest';
import { errorIndex } from '../../../src/lib/errors.ts';
import type { Topic } from '../../../src/lib/topic.ts';

const topic = (name: string, ...codes: string[]) =>
  ({ name, errors: codes.map((code) => ({ code, means: name, status: 409 })) }) as Topic;

test('codes with letters come before numbers, each in its natural order', () => {
  const codes = errorIndex([topic('a', '40001', 'P2025', '22P02'), topic('b', 'P2002', 'ECONNREFUSED')]).map(
    ({ code }) => code,
  );
  expect(codes).toEqual(['ECONNREFUSED', 'P2002', 'P2025', '22P02', '40001']);
});

test('a code that two topics explain stands twice, in the order of the topics', () => {
  const rows = errorIndex([topic('a', '40001'), topic('b', '40001')]);
  expect(rows.map((row) => row.topic.name)).toEqual(['a', 'b']);
});
