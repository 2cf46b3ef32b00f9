import { expect, test } from 'vitest';
import { errorIndex, fitting, kindOf } from '../../../src/lib/errors.ts';
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

test.each([
  ['P2002', 'Prisma'],
  ['P6001', 'Prisma'],
  ['P0001', 'SQLSTATE'], // raise_exception
  ['23505', 'SQLSTATE'],
  ['40P01', 'SQLSTATE'],
  ['0A000', 'SQLSTATE'],
  ['ECONNRESET', 'Node.js'],
  ['EPIPE', 'Node.js'], // five capitals, and no digit
  ['EAI_AGAIN', 'Node.js'],
  ['ERR_HTTP_HEADERS_SENT', 'Node.js'],
  ['TimeoutError', 'Node.js'],
  ['ERR_JWT_EXPIRED', 'Libraries'],
  ['ERR_JWKS_NO_MATCHING_KEY', 'Libraries'],
  ['ERR_JOSE_ALG_NOT_ALLOWED', 'Libraries'],
  ['ERR_ERL_PERMISSIVE_TRUST_PROXY', 'Libraries'],
  ['entity.too.large', 'Libraries'],
  ['LIMIT_FILE_SIZE', 'Libraries'],
  ['WRONGTYPE', 'Libraries'],
])('%s comes from %s', (code, kind) => expect(kindOf(code)).toBe(kind));

const ROWS = [
  { code: 'P2002', text: 'P2002 Prisma A unique constraint refused a duplicate 409 Errors' },
  { code: '23505', text: '23505 SQLSTATE A unique constraint refused a duplicate 409 Constraints' },
  { code: 'entity.too.large', text: 'entity.too.large Libraries The body is too large 413 Uploads' },
];
const fits = (typed: string) => ROWS.filter((_, index) => fitting(ROWS, typed)[index]).map(({ code }) => code);

test('nothing typed fits every row', () => expect(fits('  ')).toHaveLength(3));

test('every word must be there, in any order and with any capitals', () => {
  expect(fits('DUPLICATE unique')).toEqual(['P2002', '23505']);
  expect(fits('duplicate prisma')).toEqual(['P2002']);
  expect(fits('duplicate elephant')).toEqual([]);
});

test('the begin of a code is enough', () => {
  expect(fits('p20')).toEqual(['P2002']);
  expect(fits('entity.')).toEqual(['entity.too.large']);
});

test('a code in a line of a log is found, whatever else the line says', () => {
  expect(fits('PrismaClientKnownRequestError: code: "P2002", clientVersion')).toEqual(['P2002']);
  expect(fits('ERROR (23505): duplicate key value violates')).toEqual(['23505']);
  expect(fits('[entity.too.large]: request entity too large.')).toEqual(['entity.too.large']);
});

test('a code that is not known fits nothing', () => expect(fits('P9999')).toEqual([]));
