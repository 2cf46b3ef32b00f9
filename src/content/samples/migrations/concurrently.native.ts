import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';

const connect = async () => {
  const db = new Client({
    connectionString: process.env.DATABASE_URL,
    options: '-c search_path=migrations_concurrently',
  });
  await db.connect();
  return db;
};
const [migrator, writer, observer] = [
  await connect(),
  await connect(),
  await connect(),
];
await observer.query(`
  DROP SCHEMA IF EXISTS migrations_concurrently CASCADE;
  CREATE SCHEMA migrations_concurrently;
  -- Autovacuum takes the same lock as CONCURRENTLY: it must not come between.
  CREATE TABLE purchase (id integer PRIMARY KEY, code text NOT NULL)
    WITH (autovacuum_enabled = off);
  INSERT INTO purchase SELECT n, 'C' || n FROM generate_series(1, 100) AS n;
`);
const { rows: pids } = await migrator.query<{ pid: number }>(
  'SELECT pg_backend_pid() AS pid',
);

// #region concurrently
/** The table locks of the migrator's session, once it waits for somebody. */
async function locksOnceItWaits(): Promise<string> {
  for (;;) {
    const { rows } = await observer.query<{ modes: string | null }>(
      `SELECT string_agg(replace(mode, 'Lock', ''), ', ') AS modes
       FROM pg_locks
       WHERE pid = $1 AND relation = 'purchase'::regclass AND granted
         AND cardinality(pg_blocking_pids($1)) > 0`,
      [pids[0]?.pid],
    );
    if (rows[0]?.modes) return rows[0].modes;
    await sleep(5);
  }
}

/** Runs a statement while somebody's transaction has written to the table. */
async function measure(statement: string) {
  await writer.query('BEGIN');
  await writer.query("UPDATE purchase SET code = 'C0' WHERE id = 1");
  const running = outcomeOf(statement);
  const lock = await locksOnceItWaits();
  // It waits for the writer, and others go on writing all the while.
  await observer.query("UPDATE purchase SET code = 'C00' WHERE id = 2");
  await writer.query('COMMIT');
  return { lock, outcome: await running };
}

async function outcomeOf(statement: string): Promise<string> {
  try {
    await migrator.query(statement);
    return 'done';
  } catch (error) {
    if (error instanceof DatabaseError) return `error ${error.code}`;
    throw error;
  }
}

/** A build that meets lock_timeout on the way, because somebody is slow. */
async function buildWithLimit(statement: string) {
  await writer.query('BEGIN');
  await writer.query("UPDATE purchase SET code = 'C0' WHERE id = 1");
  await migrator.query("SET lock_timeout = '50ms'");
  const outcome = await outcomeOf(statement);
  await migrator.query('RESET lock_timeout');
  await writer.query('COMMIT');
  return outcome;
}
// #endregion concurrently

async function stateOf(index: string): Promise<string> {
  const { rows } = await observer.query<{ valid: boolean }>(
    `SELECT indisvalid AS valid FROM pg_index
     WHERE indexrelid = to_regclass($1)`,
    [index],
  );
  if (!rows[0]) return 'no index';
  return rows[0].valid ? 'valid' : 'INVALID';
}

const print = (...cells: string[]) =>
  console.log(
    [21, 13, 10, 0]
      .map((width, i) => (cells[i] ?? '').padEnd(width))
      .join('')
      .trimEnd(),
  );
print('lock', 'outcome', 'index i', 'statement');
const INDEX = 'INDEX CONCURRENTLY i';
for (const [statement, state] of [
  [`CREATE ${INDEX} ON purchase (code)`, 'valid'],
  [`REINDEX ${INDEX}`, 'valid'],
  [`DROP ${INDEX}`, 'no index'],
] as const) {
  const { lock, outcome } = await measure(statement);
  const seen = await stateOf('i');
  print(lock, outcome, seen, statement.replace(' ON purchase (code)', ''));
  assert.deepEqual(
    [lock, outcome, seen],
    ['ShareUpdateExclusive', 'done', state],
  );
}

const BUILD = `CREATE ${INDEX} ON purchase (code)`;
const outcome = await buildWithLimit(BUILD);
const left = await stateOf('i');
print('', outcome, left, 'CREATE, lock_timeout 50 ms');
assert.deepEqual([outcome, left], ['error 55P03', 'INVALID']);

const again = await outcomeOf(BUILD);
print('', again, await stateOf('i'), 'CREATE, tried again');
assert.equal(again, 'error 42P07');

const rebuilt = await outcomeOf(`REINDEX ${INDEX}`);
print('', rebuilt, await stateOf('i'), `REINDEX ${INDEX}`);
assert.deepEqual([rebuilt, await stateOf('i')], ['done', 'valid']);

await observer.query('DROP SCHEMA migrations_concurrently CASCADE');
await Promise.all([migrator, writer, observer].map((db) => db.end()));
