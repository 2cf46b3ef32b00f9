import assert from 'node:assert/strict';
import { Pool, type ClientBase, type PoolClient } from 'pg';

// One connection, so that a function that wants a second one shows itself.
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));
/** What the server warned of. */
const warnings: string[] = [];
pool.on('connect', (client) => {
  client.on('notice', ({ code, message }) => {
    warnings.push(`${code} ${message}`);
  });
});
await pool.query(`
  DROP SCHEMA IF EXISTS layers_transaction CASCADE;
  CREATE SCHEMA layers_transaction;
  CREATE TABLE layers_transaction.product (stock integer NOT NULL);
  CREATE TABLE layers_transaction.customer_order (quantity integer NOT NULL);
`);
// From here on: how long to wait for the connection, not to open it.
pool.options.connectionTimeoutMillis = 400;

/** Begins and ends a transaction on the connection that it is given. */
async function within<T>(tx: PoolClient, work: () => Promise<T>) {
  await tx.query('BEGIN');
  try {
    const result = await work();
    await tx.query('COMMIT');
    return result;
  } catch (error) {
    await tx.query('ROLLBACK');
    throw error;
  }
}

class CardRefused extends Error {
  override name = 'CardRefused';
}

// #region transaction
const TAKE = 'UPDATE layers_transaction.product SET stock = stock - 2';
const ADD = 'INSERT INTO layers_transaction.customer_order VALUES (2)';

/** Three ways for one step of a purchase to reach the database. */
const takeStock = {
  /** Imports the pool, as modules do: that is another connection. */
  fromThePool: async (_tx: PoolClient) => void (await pool.query(TAKE)),

  /** Makes sure of a transaction, and so ends that of its caller. */
  inItsOwn: (tx: PoolClient) =>
    within(tx, async () => void (await tx.query(TAKE))),

  /** Uses what it is given. Whoever began the transaction ends it. */
  given: async (tx: ClientBase) => void (await tx.query(TAKE)),
};

/** The use case owns the transaction: both steps, or neither. */
async function purchase(
  tx: PoolClient,
  take: (tx: PoolClient) => Promise<void>,
) {
  await within(tx, async () => {
    await tx.query(ADD);
    await take(tx);
    throw new CardRefused('insufficient funds');
  });
}
// #endregion transaction

const expected = {
  fromThePool: ['timeout exceeded when trying to connect', 10, 0, []],
  inItsOwn: [
    'insufficient funds',
    8,
    1,
    [
      '25001 there is already a transaction in progress',
      '25P01 there is no transaction in progress',
    ],
  ],
  given: ['insufficient funds', 10, 0, []],
};
console.log('             stock  orders  error');
for (const [name, take] of Object.entries(takeStock)) {
  await pool.query(`
    TRUNCATE layers_transaction.product, layers_transaction.customer_order;
    INSERT INTO layers_transaction.product VALUES (10);
  `);
  warnings.length = 0;
  const tx = await pool.connect();
  let failure = 'none';
  await purchase(tx, take)
    .catch((error: unknown) => {
      assert(error instanceof Error);
      failure = error.message;
    })
    .finally(() => tx.release());
  const { rows } = await pool.query<{ stock: number; orders: number }>(
    `SELECT stock, (SELECT count(*) FROM layers_transaction.customer_order)
       ::integer AS orders
     FROM layers_transaction.product`,
  );
  assert(rows[0]);
  const { stock, orders } = rows[0];
  console.log(
    name.padEnd(12),
    String(stock).padEnd(6),
    String(orders).padEnd(7),
    failure,
  );
  for (const warning of warnings) console.log(' '.repeat(20), warning);
  const seen = [failure, stock, orders, [...warnings]];
  assert.deepEqual(seen, expected[name as keyof typeof expected]);
}

await pool.query('DROP SCHEMA layers_transaction CASCADE');
await pool.end();
