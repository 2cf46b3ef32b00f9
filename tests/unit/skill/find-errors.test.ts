import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findingsOf, installedSkill, runScript } from './script.ts';

const explained = (means: string, status: number) => [{ means, status, reference: 'references/a-topic.md' }];
const root = installedSkill([
  { code: 'P2002', explained: explained('Taken.', 409) },
  { code: '23505', explained: explained('Taken in SQL.', 409) },
  { code: '40P01', explained: explained('A deadlock.', 503) },
  { code: 'entity.too.large', explained: explained('A large body.', 413) },
  { code: 'invalid_grant', explained: explained('An old code.', 401) },
  { code: 'ECONNREFUSED', explained: explained('Nobody there.', 503) },
]);
afterAll(() => rmSync(root, { recursive: true }));

const run = (log: string | Buffer, ...args: string[]) => runScript(root, 'find-errors', [...args, '-'], log);
const counts = async (log: string) =>
  Object.fromEntries(
    findingsOf(await run(log, '--json')).map(({ code, count }) => [String(code), Number(count)] as const),
  );

describe('find-errors', () => {
  test('counts codes, says what they mean, and which reference to read', async () => {
    const log = [
      'PrismaClientKnownRequestError: Unique constraint failed { code: "P2002" }',
      '{"level":50,"err":{"code":"P2002"}}',
      'error: connect ECONNREFUSED 127.0.0.1:5432',
    ].join('\n');
    const { code, stdout } = await run(log);
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        'P2002 2x, first in -:1',
        '  409 Taken. -> references/a-topic.md',
        'ECONNREFUSED 1x, first in -:3',
        '  503 Nobody there. -> references/a-topic.md',
        '2 codes\n',
      ].join('\n'),
    );
  });

  test.each([
    [`error: duplicate key { code: '23505', detail: 'x' }`, { '23505': 1 }],
    ['{"err":{"code":"23505"}}', { '23505': 1 }],
    ['SQLSTATE[23505]: Unique violation', { '23505': 1 }],
    ['ERROR:  23505: duplicate key value', { '23505': 1 }],
    ['deadlock detected (SQLSTATE 40P01)', { '40P01': 1 }],
    ['\u001B[31mP2002\u001B[39m \u001B[1mECONNREFUSED', { P2002: 1, ECONNREFUSED: 1 }],
    ['Error [ERR_HTTP_HEADERS_SENT]: Cannot set headers', { ERR_HTTP_HEADERS_SENT: 1 }],
    ['P2002 P2002 code: P2002\n\nP2002', { P2002: 2 }],
    ['getaddrinfo ENOTFOUND db', { ENOTFOUND: 1 }],
    ['type: entity.too.large. {"error":"invalid_grant"}', { 'entity.too.large': 1, invalid_grant: 1 }],
    ['Failed with P2002.', { P2002: 1 }],
  ])('reads %j', async (log, expected) => {
    expect(await counts(log)).toEqual(expected);
  });

  test.each([
    ['numbers', 'GET /orders/23505 200 23505 ms=23505'],
    ['words', 'ERROR EXPLAIN EVENT ENTRY SPECIAL P20021 XP2002 ERR_'],
    ['identifiers', 'id=5e23505f-40P0-1111 part 12A34'],
    ['nothing', ''],
  ])('finds no code among %s', async (_, log) => {
    expect((await run(log)).code).toBe(0);
  });

  test('names a code that no reference explains', async () => {
    const { stdout } = await run('P2024\n');
    expect(stdout).toContain('P2024 1x, first in -:1\n  in no reference');
  });

  test.each([
    ['no log', [], '', /Which log\?/],
    ['a missing log', ['/nowhere/app.log'], '', /there is no such file/],
    ['a binary log', ['-'], Buffer.from([0x1f, 0x8b, 0, 0]), /is not text/],
    ['a log of over 100 MB', ['-'], Buffer.alloc(101 * 1024 * 1024, 'x\n'), /is over 100 MB/],
  ])('says what to do about %s', async (_, args, input, message) => {
    const { code, stderr } = await runScript(root, 'find-errors', args, input);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('asks to be installed again where its table is missing or broken', async () => {
    const broken = installedSkill();
    writeFileSync(join(broken, 'references/errors.json'), '{');
    const { code, stderr } = await runScript(broken, 'find-errors', ['-'], 'P2002');
    rmSync(broken, { recursive: true });
    expect(code).toBe(2);
    expect(stderr).toContain('Install the skill again');
  });
});
