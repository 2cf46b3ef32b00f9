import assert from 'node:assert/strict';
import { Client, Pool } from 'pg';
import { transaction } from './transaction.ts';

const connectionString = process.env.DATABASE_URL;
const observer = new Client({ connectionString });
await observer.connect();
await observer.query(`
  DROP SCHEMA IF EXISTS transactions_pool CASCADE;
  CREATE SCHEMA transactions_pool;
  CREATE TABLE transactions_pool.account (balance integer NOT NULL);
  CREATE TABLE transactions_pool.purchase (item text NOT NULL);
`);

// #region pool
type Meanwhile = () => Promise<void>;
class CardRefused extends Error {}

const TAKE = 'UPDATE transactions_pool.account SET balance = balance - 60';

/** Each statement runs on whichever client is idle just then. */
async function throughPool(pool: Pool, meanwhile: Meanwhile) {
  await pool.query('BEGIN');
  await meanwhile();
  await pool.query(TAKE);
  await pool.query('ROLLBACK'); // The card was refused.
}

/** All statements run on one client, which nobody else has meanwhile. */
async function onOneClient(pool: Pool, meanwhile: Meanwhile) {
  await transaction(pool, 'READ COMMITTED', async (db) => {
    await meanwhile();
    await db.query(TAKE);
    throw new CardRefused();
  }).catch((error: unknown) => {
    if (!(error instanceof CardRefused)) throw error;
  });
}

/** Another request: it knows of no transaction, and holds its client on. */
async function purchase(pool: Pool) {
  const client = await pool.connect();
  const { rowCount } = await client.query(
    "INSERT INTO transactions_pool.purchase VALUES ('tea')",
  );
  return { rowCount, done: () => client.release() };
}
// #endregion pool

const expected = {
  throughPool: { balance: 40, purchases: 0 },
  onOneClient: { balance: 100, purchases: 1 },
};
console.log('             INSERT says  purchases kept  balance');
for (const way of [throughPool, onOneClient]) {
  await observer.query(`
    TRUNCATE transactions_pool.account, transactions_pool.purchase;
    INSERT INTO transactions_pool.account VALUES (100);
  `);
  const pool = new Pool({ connectionString });
  pool.on('error', (error) => console.error('idle connection lost', error));
  let other: Awaited<ReturnType<typeof purchase>> | undefined;
  await way(pool, async () => {
    other = await purchase(pool);
  });
  other?.done();
  await pool.end();

  const { rows } = await observer.query<{ balance: number; purchases: number }>(
    `SELECT balance, (SELECT count(*) FROM transactions_pool.purchase)::integer
       AS purchases
     FROM transactions_pool.account`,
  );
  assert(rows[0] && other);
  console.log(
    way.name.padEnd(12),
    `${other.rowCount} row`.padEnd(12),
    String(rows[0].purchases).padEnd(15),
    rows[0].balance,
  );
  assert.deepEqual(rows[0], expected[way.name as keyof typeof expected]);
}

await observer.query('DROP SCHEMA transactions_pool CASCADE');
await observer.end();
