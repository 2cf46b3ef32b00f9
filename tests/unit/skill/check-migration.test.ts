import { globSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { findingsIn } from '../../../src/content/skill/scripts/migration.mjs';
import { findingsOf, installedSkill, runScript, type Finding } from './script.ts';

const root = installedSkill();
afterAll(() => rmSync(root, { recursive: true }));

const usual = { autocommit: false, roleTimeout: false };
const check = (sql: string, how = usual, proven = new Map()) => findingsIn('m.sql', sql, how, proven) as Finding[];
const rules = (sql: string, how = usual) => check(sql, how).map(({ rule }) => rule);
/** With a limit, so that only what is said of the statement itself remains. */
const rulesOf = (sql: string) => rules(`SET lock_timeout = '1s'; ${sql}`);

/** What the page measured on a real table: lock, work and statement, as recorded. */
const record = readFileSync('src/content/samples/migrations/statements.out', 'utf8');
const rows = record.split('\n').flatMap((line) => {
  const [, lock, work, statement = ''] = /^(\w+(?: x2)?) +(-|scan|rewrite) +(?:= )?([A-Z].*)$/.exec(line) ?? [];
  return lock && !statement.includes('in one transaction') ? [{ lock, work, statement }] : [];
});

describe('what was measured', () => {
  test('is read from the record', () => {
    expect(rows.length).toBeGreaterThan(25);
  });

  /** As the program has them; `...` stands for what the record leaves out. */
  const whole = (statement: string) =>
    statement
      .replace('ADD COLUMN c int ... AS', 'ADD COLUMN c int GENERATED ALWAYS AS')
      .replace('(buyer) ...', '(buyer) REFERENCES customer')
      .replace('CREATE TRIGGER ...', 'CREATE TRIGGER t BEFORE UPDATE ON purchase FOR EACH ROW EXECUTE FUNCTION f()');
  const sqlOf = (statement: string) =>
    /^(CREATE|ALTER TYPE)/.test(statement) ? whole(statement) : `ALTER TABLE purchase ${whole(statement)}`;

  test.each(rows)('$work under $lock: $statement', ({ lock, work, statement }) => {
    const found = rulesOf(sqlOf(statement));
    // What the code that runs now would miss is no matter of locks, and types are not known to the script.
    const breaks = /^(RENAME|DROP) COLUMN/.test(statement);
    const typed = /TYPE (varchar\(50\)|timestamptz -- in UTC)/.test(statement);
    const stops = work !== '-' && lock !== 'ShareUpdateExclusive';
    expect(found.length > 0).toBe(stops || breaks || typed);
    // A strong lock needs a limit, even if it is held for a moment only.
    const strong = /^(Access|Share$|ShareRow)/.test(lock);
    expect(rules(sqlOf(statement)).includes('lock-timeout')).toBe(strong);
  });
});

describe('a migration', () => {
  test('of new tables alone has no findings: the shop of our samples', () => {
    for (const file of globSync('src/content/samples/prisma/migrations/*/migration.sql'))
      expect(check(readFileSync(file, 'utf8'))).toEqual([]);
  });

  test('at once is refused, and in steps is not, as the page has them', () => {
    const atOnce = `SET lock_timeout = '1s'; ALTER TABLE purchase ADD COLUMN price_cents bigint;
      UPDATE purchase SET price_cents = price * 100;
      ALTER TABLE purchase ALTER price_cents SET NOT NULL, DROP COLUMN price;`;
    expect(rules(atOnce)).toEqual(['data', 'data-under-lock', 'set-not-null', 'drop-column']);
    const steps = [
      'ALTER TABLE purchase ADD COLUMN price_cents bigint',
      `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DROP TABLE x; END $$;
       CREATE TRIGGER t BEFORE INSERT OR UPDATE ON purchase FOR EACH ROW EXECUTE FUNCTION f()`,
      'UPDATE purchase SET price_cents = price * 100 WHERE id BETWEEN 1 AND 500 AND price_cents IS NULL',
      'ALTER TABLE purchase ADD CONSTRAINT c NOT NULL price_cents NOT VALID',
      'ALTER TABLE purchase VALIDATE CONSTRAINT c',
    ];
    for (const step of steps) expect(rulesOf(step), step).toEqual([]);
  });

  test('is one transaction: VALIDATE beside NOT VALID gains nothing, unless statements are sent one by one', () => {
    const both = 'ALTER TABLE p ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE p VALIDATE CONSTRAINT c';
    expect(rulesOf(both)).toEqual(['not-valid']);
    expect(rules(`SET lock_timeout = '1s'; ${both}`, { ...usual, autocommit: true })).toEqual([]);
    expect(rules(`SET lock_timeout = '1s'; BEGIN; ${both}; COMMIT`, { ...usual, autocommit: true })).toEqual([
      'not-valid',
    ]);
  });

  test('may SET NOT NULL once an earlier one has validated that there is none', () => {
    const proven = new Map();
    check('ALTER TABLE "P" ADD CONSTRAINT c CHECK ("A" IS NOT NULL) NOT VALID', usual, proven);
    const last = `SET lock_timeout = '1s'; ALTER TABLE "P" ALTER COLUMN "A" SET NOT NULL`;
    expect(check(last, usual, proven)).toHaveLength(1);
    check('ALTER TABLE "P" VALIDATE CONSTRAINT c', usual, proven);
    expect(check(last, usual, proven)).toEqual([]);
  });

  test('keeps a table that it creates to itself, and not the one beside it', () => {
    expect(rules('CREATE TABLE IF NOT EXISTS shop.a (id int); CREATE INDEX ON shop.a (id); DROP TABLE a')).toEqual([]);
    expect(rulesOf('CREATE TABLE a (id int); CREATE INDEX ON b (id)')).toEqual(['index']);
  });
});

describe('CONCURRENTLY', () => {
  test('goes alone, without BEGIN and without a limit', () => {
    const build = 'CREATE UNIQUE INDEX CONCURRENTLY i ON p (a)';
    expect(rules(build)).toEqual([]);
    expect(rules(`${build}; DROP INDEX CONCURRENTLY j; REINDEX INDEX CONCURRENTLY k`)).toEqual([]);
    expect(rules(`BEGIN; ${build}; COMMIT`)).toEqual(['concurrently']);
    expect(rulesOf(build)).toEqual(['concurrently']);
    expect(rules(`SET lock_timeout = '1s'; ${build}`, { ...usual, autocommit: true })).toEqual(['lock-timeout']);
    expect(rules(build.replace('i ON', 'IF NOT EXISTS i ON'))).toEqual(['invalid-index']);
  });
});

describe('a limit', () => {
  const add = 'ALTER TABLE p ADD COLUMN c int';
  test.each([
    [`SET lock_timeout = '1s'; ${add}`, 0],
    [`SET lock_timeout TO 500; ${add}`, 0],
    [`SET lock_timeout = 0; ${add}`, 1],
    [`SET statement_timeout = '1s'; ${add}`, 1],
    [`BEGIN; SET LOCAL lock_timeout = '1s'; ${add}; COMMIT; ${add}`, 1],
    [`BEGIN; SET lock_timeout = '1s'; COMMIT; ${add}`, 0],
    [`${add}; ${add}`, 1],
  ])('%s: %i findings', (sql, count) => {
    expect(rules(sql)).toEqual(Array<string>(count).fill('lock-timeout'));
  });

  test('may be set for the role instead', () => {
    expect(rules(add, { ...usual, roleTimeout: true })).toEqual([]);
  });
});

describe('other statements', () => {
  test.each([
    ['ALTER TABLE p ADD COLUMN c int NOT NULL', ['not-null']],
    ['ALTER TABLE p ADD c bigserial', ['rewrite']],
    ["ALTER TABLE p ADD COLUMN c text DEFAULT 'a (check) references x'", []],
    ['ALTER TABLE p ADD COLUMN c numeric(10, 2) NOT NULL DEFAULT 0::numeric(10, 2) CHECK (f(c) > 0)', ['not-valid']],
    ['ALTER TABLE p ADD COLUMN c int REFERENCES b (id)', []],
    ['ALTER TABLE p ADD COLUMN c int DEFAULT 1 REFERENCES b (id)', ['not-valid']],
    ['ALTER TABLE p ADD COLUMN c int UNIQUE', ['unique']],
    ['ALTER TABLE p ADD PRIMARY KEY USING INDEX i', []],
    ['ALTER TABLE ONLY "Pur chase" RENAME TO b', ['rename']],
    ['ALTER TABLE p RENAME CONSTRAINT a TO b', []],
    ['ALTER TABLE p DROP CONSTRAINT a, DROP COLUMN b', ['drop-column']],
    ['DROP TABLE IF EXISTS p', ['drop-table']],
    ['DELETE FROM p', ['data']],
    ['VACUUM (FULL) p', ['rewrite']],
    ["ALTER TYPE s ADD VALUE 'void'; UPDATE p SET a = 1 WHERE s = 'void'", ['enum-value']],
    ["CREATE TYPE s AS ENUM (); ALTER TYPE s ADD VALUE 'void'; SELECT 'void'::s", []],
    ["BEGIN; ALTER TYPE s ADD VALUE 'void'; COMMIT; SELECT 'void'::s", []],
    [
      'DO $$ BEGIN IF a THEN ALTER TABLE p ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES b (a); END IF; END $$',
      ['not-valid'],
    ],
  ])('%s', (sql, expected) => {
    expect(rulesOf(sql)).toEqual(expected);
  });
});

describe('text that only looks like SQL', () => {
  test.each([
    ['comments', '-- DROP TABLE p;\n/* DROP TABLE p; /* nested; */ DROP TABLE p; */ SELECT 1'],
    ['strings', "SELECT 'DROP TABLE p; -- ''; ', E'\\'; DROP TABLE p; --', U&'; DROP TABLE p'"],
    ['dollar quotes', 'SELECT $$; DROP TABLE p; $$, $a$ $$; DROP TABLE p; $a$, $1'],
    ['names', 'SELECT "; DROP TABLE p; ""x" FROM a$b'],
    ['bodies', 'CREATE FUNCTION f() RETURNS void BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; DELETE FROM p; END'],
  ])('has no findings in %s', (_, sql) => {
    expect(rules(sql)).toEqual([]);
  });

  test('keeps the line of what follows', () => {
    expect(check("/* a\nb */ SELECT 'c\nd', $$e\nf$$;\n\nDROP TABLE p")[0]?.line).toBe(6);
  });
});

describe('the program', () => {
  const run = (args: string[], input?: string | Buffer) => runScript(root, 'check-migration', args, input);

  test('ends with 0, 1 or 2, and prints lines or JSON', async () => {
    const clean = await run(['-'], 'SELECT 1;');
    expect([clean.code, clean.stdout]).toEqual([0, '0 findings\n']);
    const found = await run(['--json', '-'], '\nDROP TABLE p;');
    expect(found.code).toBe(1);
    expect(findingsOf(found)).toMatchObject([{ file: '-', line: 2, rule: 'drop-table' }, { rule: 'lock-timeout' }]);
  });

  test.each([
    ['no file', [], '', /Which file\?/],
    ['a missing file', ['/nowhere/m.sql'], '', /there is no such file/],
    ['a folder', ['/'], '', /it is a folder/],
    ['an unknown option', ['--fix'], '', /--fix/],
    ['binary input', ['-'], Buffer.from([0x50, 0, 0x51]), /is not text/],
    ['huge input', ['-'], Buffer.alloc(5 * 1024 * 1024 + 1, 'x'), /is over 5 MB/],
    ['an open string', ['-'], "SELECT 1;\nSELECT 'a", /line 2: a quote has no end/],
    ['an open comment', ['-'], '/* /* */', /line 1: a comment has no end/],
    ['an open dollar quote', ['-'], '$a$ $$', /\$a\$ has no end/],
  ])('says what to do about %s', async (_, args, input, message) => {
    const { code, stderr, stdout } = await run(args, input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('reads 4 MB of one string and of many quotes', async () => {
    const long = `SELECT '${"x''".repeat(1_300_000)}'; ${'"a";'.repeat(5_000)}`;
    expect((await run(['-'], long)).code).toBe(0);
  });
});
