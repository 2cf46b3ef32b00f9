import assert from 'node:assert/strict';
import { Client } from 'pg';

const ROWS = 1_000;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();

/** The same table for every statement, with nothing left of the last one. */
async function startAgain() {
  await db.query(`
    DROP SCHEMA IF EXISTS migrations_statements CASCADE;
    CREATE SCHEMA migrations_statements;
    SET search_path TO migrations_statements;
    SET TIME ZONE 'UTC';
    CREATE TYPE status AS ENUM ('open', 'paid');
    CREATE TABLE customer (id int PRIMARY KEY);
    INSERT INTO customer SELECT generate_series(1, 10);
    CREATE TABLE purchase (
      id          int PRIMARY KEY,
      buyer       int,
      code        varchar(10),
      total       int,
      paid_at     timestamp,
      status      status DEFAULT 'open'
    ) WITH (autovacuum_enabled = off);
    INSERT INTO purchase
    SELECT n, 1 + n % 10, 'C' || n, n, '2026-01-01 12:00'
    FROM generate_series(1, ${ROWS}) AS n;
  `);
}

// #region measure
/** Lock modes, those that conflict with more of the others last. */
const STRENGTH = [
  'AccessShare',
  'RowShare',
  'RowExclusive',
  'ShareUpdateExclusive',
  'Share',
  'ShareRowExclusive',
  'Exclusive',
  'AccessExclusive',
];

/** The strongest lock that this transaction holds on a table. */
async function lockOn(table: string): Promise<string> {
  const { rows } = await db.query<{ mode: string }>(
    `SELECT replace(mode, 'Lock', '') AS mode FROM pg_locks
     WHERE relation = to_regclass($1) AND pid = pg_backend_pid()`,
    [table],
  );
  const held = rows.map(({ mode }) => STRENGTH.indexOf(mode));
  return STRENGTH[Math.max(...held)] ?? 'none';
}

/** The table's file, and the rows that this transaction has read of it. */
async function fileAndRowsRead() {
  const { rows } = await db.query<{ file: number; read: number }>(
    `SELECT pg_relation_filenode('purchase')::integer AS file,
            pg_stat_get_xact_tuples_returned('purchase'::regclass)::integer
              AS read`,
  );
  assert(rows[0]);
  return rows[0];
}

/** What a statement takes and does; it is undone afterwards. */
async function measure(statement: string) {
  await db.query('BEGIN');
  const before = await fileAndRowsRead();
  await db.query(statement);
  const after = await fileAndRowsRead();
  const lock = await lockOn('purchase');
  const referenced = await lockOn('customer');
  await db.query('ROLLBACK');
  const scan = after.read > before.read ? 'scan' : '-';
  // A new file means that every row was written again, and every index.
  const work = after.file === before.file ? scan : 'rewrite';
  return { lock, referenced, work };
}
// #endregion measure

type Step = { statement: string; lock: string; work: string };

const step = (lock: string, work: string, statement: string): Step => ({
  lock,
  work,
  statement,
});
const alter = (lock: string, work: string, action: string): Step =>
  step(lock, work, `ALTER TABLE purchase ${action}`);

const X = 'AccessExclusive';
const SUX = 'ShareUpdateExclusive';
const SRX = 'ShareRowExclusive';

/** Strong locks or not, these are over at once, however large the table. */
const quick = [
  alter(X, '-', 'ADD COLUMN c int'),
  alter(X, '-', 'ADD COLUMN c int NOT NULL DEFAULT 0'),
  alter(X, '-', 'ADD COLUMN c timestamptz DEFAULT now()'),
  alter(X, '-', 'ALTER total SET DEFAULT 0'),
  alter(X, '-', 'ALTER code TYPE varchar(50)'),
  alter(X, '-', 'ALTER code TYPE text'),
  alter(X, '-', 'ALTER paid_at TYPE timestamptz -- in UTC'),
  alter(X, '-', 'RENAME COLUMN total TO c'),
  alter(X, '-', 'DROP COLUMN code'),
  step(
    SRX,
    '-',
    `CREATE TRIGGER t BEFORE UPDATE ON purchase
     FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  ),
  step('none', '-', "ALTER TYPE status ADD VALUE 'void'"),
];

/** Statements that work for as long as the table is large; others instead. */
const slow: { atOnce: Step; instead: Step[]; prepare?: string }[] = [
  {
    atOnce: alter(X, 'rewrite', 'ADD COLUMN c uuid DEFAULT gen_random_uuid()'),
    instead: [
      alter(X, '-', 'ADD COLUMN c uuid'),
      alter(X, '-', 'ALTER c SET DEFAULT gen_random_uuid()'),
    ],
  },
  {
    atOnce: alter(
      X,
      'rewrite',
      'ADD COLUMN c int GENERATED ALWAYS AS IDENTITY',
    ),
    instead: [],
  },
  {
    atOnce: alter(
      X,
      'rewrite',
      'ADD COLUMN c int GENERATED ALWAYS AS (total) STORED',
    ),
    instead: [
      alter(X, '-', 'ADD COLUMN c int GENERATED ALWAYS AS (total) VIRTUAL'),
    ],
  },
  {
    atOnce: alter(X, 'rewrite', 'ALTER total TYPE bigint'),
    instead: [alter(X, '-', 'ADD COLUMN c bigint')],
  },
  {
    atOnce: alter(X, 'rewrite', 'ALTER code TYPE varchar(5)'),
    instead: [
      alter(X, '-', 'ADD CHECK (length(code) <= 5) NOT VALID'),
      alter(SUX, 'scan', 'VALIDATE CONSTRAINT purchase_code_check'),
    ],
  },
  {
    prepare: "SET TIME ZONE 'Europe/Paris'",
    atOnce: alter(X, 'rewrite', 'ALTER paid_at TYPE timestamptz -- in Paris'),
    instead: [],
  },
  {
    // In UTC, too: the table stays as it is, its index is built again.
    prepare: 'CREATE INDEX ON purchase (paid_at)',
    atOnce: alter(X, 'scan', 'ALTER paid_at TYPE timestamptz -- indexed'),
    instead: [],
  },
  {
    atOnce: alter(X, 'scan', 'ALTER total SET NOT NULL'),
    instead: [
      alter(X, '-', 'ADD CONSTRAINT c NOT NULL total NOT VALID'),
      alter(SUX, 'scan', 'VALIDATE CONSTRAINT c'),
    ],
  },
  {
    atOnce: alter(X, 'scan', 'ADD CHECK (total > 0)'),
    instead: [
      alter(X, '-', 'ADD CHECK (total > 0) NOT VALID'),
      alter(SUX, 'scan', 'VALIDATE CONSTRAINT purchase_total_check'),
    ],
  },
  {
    atOnce: alter(SRX, 'scan', 'ADD FOREIGN KEY (buyer) REFERENCES customer'),
    instead: [
      alter(SRX, '-', 'ADD FOREIGN KEY (buyer) REFERENCES customer NOT VALID'),
      alter(SUX, 'scan', 'VALIDATE CONSTRAINT purchase_buyer_fkey'),
    ],
  },
  {
    // The index of the second form is built CONCURRENTLY in real life.
    prepare: 'CREATE UNIQUE INDEX i ON purchase (code)',
    atOnce: alter(X, 'scan', 'ADD UNIQUE (code)'),
    instead: [alter(X, '-', 'ADD UNIQUE USING INDEX i')],
  },
  {
    atOnce: step('Share', 'scan', 'CREATE INDEX ON purchase (code)'),
    instead: [],
  },
];

function print({ lock, work, statement }: Step, mark: string) {
  const short = statement
    .replace('ALTER TABLE purchase ', '')
    .replace('GENERATED ALWAYS', '...')
    .replace('REFERENCES customer', '...')
    .replace(/(CREATE TRIGGER).*/s, '$1 ...');
  console.log(lock.padEnd(21) + work.padEnd(8) + mark + short);
}

async function check(expected: Step, mark = '') {
  const { lock, referenced, work } = await measure(expected.statement);
  const both = referenced === lock && lock !== 'none';
  // A foreign key takes its lock on the referenced table as well.
  print({ ...expected, lock: both ? `${lock} x2` : lock, work }, mark);
  assert.deepEqual(
    { lock, work },
    { lock: expected.lock, work: expected.work },
  );
}

console.log('lock                 work    statement');
for (const one of quick) {
  await startAgain();
  await check(one);
}
console.log();
for (const { prepare = '', atOnce, instead } of slow) {
  await startAgain();
  await db.query(prepare);
  await check(atOnce);
  for (const one of instead) {
    await check(one, '= ');
    await db.query(one.statement);
  }
}

// Locks are kept to the end of the transaction, whatever took them.
await startAgain();
const together = await measure(`
  ALTER TABLE purchase ADD CHECK (total > 0) NOT VALID;
  ALTER TABLE purchase VALIDATE CONSTRAINT purchase_total_check`);
console.log();
print({ ...together, statement: 'NOT VALID, VALIDATE in one transaction' }, '');
assert.deepEqual([together.lock, together.work], [X, 'scan']);

await db.query('DROP SCHEMA migrations_statements CASCADE');
await db.end();
