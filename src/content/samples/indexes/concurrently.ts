import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS indexes_concurrently CASCADE;
  CREATE SCHEMA indexes_concurrently;
  SET search_path TO indexes_concurrently;
  CREATE TABLE account (
    id    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL
  );
  INSERT INTO account (email)
  SELECT 'user' || n || '@example.com' FROM generate_series(1, 1000) AS n;
  -- Somebody signed up twice.
  INSERT INTO account (email) VALUES ('user7@example.com');
`);

/** What became of a statement: its error's code, or that there was none. */
async function outcomeOf(statement: string): Promise<string> {
  try {
    await db.query(statement);
    return 'no error';
  } catch (error) {
    if (error instanceof DatabaseError) return `error ${error.code}`;
    throw error;
  }
}

// #region build
const BUILD = `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS account_email
  ON account (email)`;

/** Whether the planner and, if unique, the rule may rely on an index. */
async function stateOf(index: string): Promise<string> {
  const { rows } = await db.query<{ valid: boolean }>(
    `SELECT indisvalid AS valid FROM pg_index
     WHERE indexrelid = to_regclass($1)`,
    [index],
  );
  if (!rows[0]) return 'no index';
  return rows[0].valid ? 'valid' : 'INVALID';
}

/**
 * A migration that can run again: an index left INVALID is built anew. One
 * migrator at a time, because an index that is being built is INVALID too.
 */
async function buildOrRebuild(): Promise<void> {
  if ((await stateOf('account_email')) === 'INVALID') {
    await db.query('DROP INDEX CONCURRENTLY account_email');
  }
  await db.query(BUILD);
}

/** Locks that this session holds on the table, until its transaction ends. */
async function locksOnAccount(): Promise<string> {
  const { rows } = await db.query<{ mode: string }>(
    `SELECT mode FROM pg_locks
     WHERE relation = 'account'::regclass AND pid = pg_backend_pid()
       AND mode <> 'AccessShareLock'`,
  );
  return rows.map((row) => row.mode).join(', ');
}
// #endregion build

const INDEX = 'account_email';

function print(what: string, outcome: string, state: string) {
  console.log(what.padEnd(36), outcome.padEnd(14), state);
}

await db.query('BEGIN; CREATE INDEX ON account (email)');
const lock = await locksOnAccount();
await db.query('ROLLBACK');
print('CREATE INDEX, before COMMIT', lock, '-');
assert.equal(lock, 'ShareLock');

await db.query('BEGIN');
const inTransaction = await outcomeOf(BUILD);
await db.query('ROLLBACK');
print('CONCURRENTLY after BEGIN', inTransaction, await stateOf(INDEX));
assert.equal(inTransaction, 'error 25001');

// Several statements in one string are one transaction, without a BEGIN.
const inString = await outcomeOf(`SET lock_timeout = '5s'; ${BUILD}`);
print('CONCURRENTLY, second in its string', inString, await stateOf(INDEX));
assert.equal(inString, 'error 25001');

for (const [what, outcome] of [
  ['CONCURRENTLY over a duplicate email', 'error 23505'],
  ['the same migration, run again', 'no error'],
] as const) {
  const seen = await outcomeOf(BUILD);
  const state = await stateOf(INDEX);
  print(what, seen, state);
  assert.equal(seen, outcome);
  assert.equal(state, 'INVALID');
}

const SIGN_UP = `INSERT INTO account (email) VALUES ('user9@example.com')`;
const twice = await outcomeOf(SIGN_UP);
print('a second user9 signs up', twice, await stateOf(INDEX));
assert.equal(twice, 'no error');

// Which of two accounts stays is for the business to say: here, the first.
await db.query(`
  DELETE FROM account AS later USING account AS first
  WHERE later.email = first.email AND later.id > first.id
`);
await buildOrRebuild();
const state = await stateOf(INDEX);
print('duplicates removed, buildOrRebuild', 'no error', state);
assert.equal(state, 'valid');
const refused = await outcomeOf(SIGN_UP);
print('a second user9 signs up', refused, await stateOf(INDEX));
assert.equal(refused, 'error 23505');

await db.query('DROP SCHEMA indexes_concurrently CASCADE');
await db.end();
