import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Client, DatabaseError, Pool, type PoolClient } from 'pg';

const connectionString = process.env.DATABASE_URL;
const holder = new Client({ connectionString });
await holder.connect();
await holder.query(`
  DROP SCHEMA IF EXISTS transactions_limits CASCADE;
  CREATE SCHEMA transactions_limits;
  CREATE TABLE transactions_limits.account (balance integer NOT NULL);
  INSERT INTO transactions_limits.account VALUES (100);
`);

// #region limits
const pool = new Pool({
  connectionString,
  // Milliseconds, as `pg` sends them when it connects.
  statement_timeout: 5_000,
  lock_timeout: 1_000,
  idle_in_transaction_session_timeout: 10_000,
  // PostgreSQL 17 or later; pg has no option of its own for this one.
  options: '-c transaction_timeout=15s',
});
pool.on('error', (error) => console.error('idle connection lost', error));

const LOCK = 'SELECT FROM transactions_limits.account FOR UPDATE';

type Excess = (db: PoolClient, event: Promise<unknown[]>) => Promise<unknown>;

/** Does what each limit is there to end; resolves with the error. */
const excesses = {
  statement_timeout: (db) => failureOf(db.query('SELECT pg_sleep(60)')),
  lock_timeout: (db) => failureOf(db.query(LOCK)),
  async idle_in_transaction_session_timeout(_db, event) {
    // No query is waiting for an answer: the error comes as an event.
    const [error] = await event;
    return error;
  },
  async transaction_timeout(db, event) {
    let error: unknown;
    // No statement is long, no pause is long, and there is no end.
    while (!error) error = await failureOf(db.query('SELECT pg_sleep(0.005)'));
    // Between two statements it comes as an event, and the next one fails.
    return error instanceof DatabaseError ? error : (await event)[0];
  },
} satisfies Record<string, Excess>;
// #endregion limits

function failureOf(statement: Promise<unknown>): Promise<unknown> {
  return statement.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const settingIn = async (db: Client | PoolClient, setting: string) => {
  const { rows } = await db.query<Record<string, string>>(`SHOW ${setting}`);
  return rows[0]?.[setting];
};

const expected = {
  statement_timeout: ['0', '5s', '57014', 'goes on'],
  lock_timeout: ['0', '1s', '55P03', 'goes on'],
  idle_in_transaction_session_timeout: ['0', '10s', '25P03', 'closed'],
  transaction_timeout: ['0', '15s', '25P04', 'closed'],
};
const print = (setting: string, cells: readonly unknown[]) =>
  console.log(
    setting.padEnd(36),
    ...cells.map((cell) => String(cell).padEnd(7)).slice(0, 3),
    cells[3],
  );

// Somebody holds the row for as long as this takes.
await holder.query(`BEGIN; ${LOCK}`);
print('limit', ['default', 'pool', 'error', 'session']);
for (const [setting, exceed] of Object.entries(excesses)) {
  const db = await pool.connect();
  db.on('error', () => {}); // Two of the four end the session.
  const event = once(db, 'error');
  const inPool = await settingIn(db, setting);
  await db.query(`BEGIN; SET LOCAL ${setting} = '50ms'`);
  const error = await exceed(db, event);
  assert(error instanceof DatabaseError);
  const goesOn = (await failureOf(db.query('ROLLBACK'))) === undefined;
  db.release(!goesOn);
  const row = [
    await settingIn(holder, setting),
    inPool,
    error.code,
    goesOn ? 'goes on' : 'closed',
  ];
  print(setting, row);
  assert.deepEqual(row, expected[setting as keyof typeof expected]);
}

await holder.query('ROLLBACK');
await pool.end();
await holder.query('DROP SCHEMA transactions_limits CASCADE');
await holder.end();
