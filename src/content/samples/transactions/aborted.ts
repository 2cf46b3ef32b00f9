import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS transactions_aborted CASCADE;
  CREATE SCHEMA transactions_aborted;
  SET search_path TO transactions_aborted;
  CREATE TABLE customer (email text PRIMARY KEY);
  CREATE TABLE purchase (email text NOT NULL REFERENCES customer);
  INSERT INTO customer VALUES ('ada@example.com');
`);

// #region aborted
const order = () => db.query("INSERT INTO purchase VALUES ('ada@example.com')");

const register = (onConflict = '') =>
  db.query(`INSERT INTO customer VALUES ('ada@example.com') ${onConflict}`);

/** "She has an account already, so all is well." */
const ignoreDuplicate = (error: unknown) => {
  if (error instanceof DatabaseError && error.code === '23505') return;
  throw error;
};

const ways = {
  async catchThenOrder() {
    await register().catch(ignoreDuplicate);
    await order();
  },
  async orderThenCatch() {
    await order();
    await register().catch(ignoreDuplicate);
  },
  async bySavepoint() {
    await order();
    await db.query('SAVEPOINT registering');
    try {
      await register();
      await db.query('RELEASE SAVEPOINT registering');
    } catch (error) {
      await db.query('ROLLBACK TO SAVEPOINT registering');
      ignoreDuplicate(error);
    }
  },
  async byOnConflict() {
    await order();
    await register('ON CONFLICT (email) DO NOTHING');
  },
};

/** What COMMIT answers, or the error that kept it from being sent. */
async function commitAfter(way: () => Promise<void>): Promise<string> {
  await db.query('BEGIN');
  try {
    await way();
  } catch (error) {
    await db.query('ROLLBACK');
    if (error instanceof DatabaseError) return `error ${error.code}`;
    throw error;
  }
  const { command } = await db.query('COMMIT');
  return command;
}
// #endregion aborted

const expected = {
  catchThenOrder: ['error 25P02', 0],
  orderThenCatch: ['ROLLBACK', 0],
  bySavepoint: ['COMMIT', 1],
  byOnConflict: ['COMMIT', 1],
};
console.log('way             COMMIT       orders kept');
for (const [name, way] of Object.entries(ways)) {
  await db.query('TRUNCATE purchase');
  const answer = await commitAfter(way);
  const { rows } = await db.query<{ orders: number }>(
    'SELECT count(*)::integer AS orders FROM purchase',
  );
  const orders = rows[0]?.orders;
  console.log(name.padEnd(15), answer.padEnd(12), orders);
  assert.deepEqual([answer, orders], expected[name as keyof typeof ways]);
}

await db.query('DROP SCHEMA transactions_aborted CASCADE');
await db.end();
