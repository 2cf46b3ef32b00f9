import assert from 'node:assert/strict';
import { Pool } from 'pg';
import { once, TABLES, type Answer, type Sent } from './once.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(TABLES);

type Db = Pick<Pool, 'query'>;
const DONE: Answer = { status: 201, headers: {}, body: '{}' };
const UNDER_WAY: Answer = { status: 409, headers: {}, body: '{}' };

const pay = (db: Db, { owner }: Sent) =>
  db.query('INSERT INTO idempotency.payment (owner, amount) VALUES ($1, 25)', [
    owner,
  ]);

const insertKey = (db: Db, { owner, key }: Sent, status: number | null) =>
  db.query(
    `INSERT INTO idempotency.request (owner, key, fingerprint, status)
     VALUES ($1, $2, '', $3) ON CONFLICT DO NOTHING`,
    [owner, key, status],
  );

async function statusOf({ owner, key }: Sent) {
  const { rows } = await pool.query<{ status: number | null }>(
    `SELECT status FROM idempotency.request WHERE owner = $1 AND key = $2`,
    [owner, key],
  );
  return rows[0];
}

// #region orders
/** Calls `crash` wherever the process might end. */
type Way = (sent: Sent, crash: (at: string) => void) => Promise<Answer>;

/** The key is stored when there is something to store. */
const effectThenKey: Way = async (sent, crash) => {
  if (await statusOf(sent)) return DONE;
  await pay(pool, sent);
  crash('payment');
  await insertKey(pool, sent, 201);
  crash('key');
  return DONE;
};

/** The key is stored first, to keep others out while the work is done. */
const keyThenEffect: Way = async (sent, crash) => {
  const { rowCount } = await insertKey(pool, sent, null);
  if (rowCount === 0) return (await statusOf(sent))?.status ? DONE : UNDER_WAY;
  crash('key');
  await pay(pool, sent);
  crash('payment');
  await pool.query(
    `UPDATE idempotency.request SET status = 201
     WHERE owner = $1 AND key = $2`,
    [sent.owner, sent.key],
  );
  crash('answer');
  return DONE;
};

/** Both or neither, whatever happens in between. */
const oneTransaction: Way = async (sent, crash) => {
  const answer = await once(pool, sent, async (db) => {
    crash('key');
    await pay(db, sent);
    crash('payment');
    return DONE;
  });
  crash('COMMIT');
  return answer;
};
// #endregion orders

/** Thrown, which rolls back as PostgreSQL does when a connection breaks. */
class Crash extends Error {}

const payments = async () =>
  (await pool.query('SELECT FROM idempotency.payment')).rowCount;

const expected: [Way, string, number, number, number][] = [
  // crash after, payments so far, the retry's answer, payments
  [effectThenKey, 'payment', 1, 201, 2],
  [effectThenKey, 'key', 1, 201, 1],
  [keyThenEffect, 'key', 0, 409, 0],
  [keyThenEffect, 'payment', 1, 409, 1],
  [keyThenEffect, 'answer', 1, 201, 1],
  [oneTransaction, 'key', 0, 201, 1],
  [oneTransaction, 'payment', 0, 201, 1],
  [oneTransaction, 'COMMIT', 1, 201, 1],
];

const print = (...cells: unknown[]) =>
  console.log(
    ...cells.map((cell, i) => String(cell).padEnd([14, 12, 10, 10, 0][i] ?? 0)),
  );
print('', 'crash after', 'payments', 'retry', 'payments');
for (const [way, point, ...numbers] of expected) {
  await pool.query('TRUNCATE idempotency.request, idempotency.payment');
  const sent: Sent = { owner: 'ann', key: 'k', content: { amount: 25 } };
  await assert.rejects(
    way(sent, (at) => {
      if (at === point) throw new Crash();
    }),
    Crash,
  );
  const before = await payments();
  const { status } = await way(sent, () => {});
  // Whoever is told 409 tries again, and is told the same.
  assert.equal((await way(sent, () => {})).status, status);
  const seen = [before, status, await payments()];
  print(way.name, point, ...seen);
  assert.deepEqual(seen, numbers, way.name);
}

await pool.query('DROP SCHEMA idempotency CASCADE');
await pool.end();
