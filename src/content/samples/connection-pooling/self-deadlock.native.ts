import assert from 'node:assert/strict';
import { Pool, type PoolClient } from 'pg';

const connectionString = process.env.DATABASE_URL;
const MAX = 3;

// #region deadlock
/** Anything that runs a query: the pool, or one client of it. */
type Queryable = Pick<PoolClient, 'query'>;

/** Looks like part of the order; where it runs is up to the caller. */
async function priceOf(db: Queryable, product: number): Promise<number> {
  const { rows } = await db.query<{ price: number }>(
    'SELECT $1::integer * 10 AS price',
    [product],
  );
  return rows[0]?.price ?? 0;
}

type Way = (pool: Pool, othersArrive: () => Promise<void>) => Promise<void>;

/** Holds one client, and asks the pool for another. */
const asksForASecond: Way = (pool, othersArrive) =>
  onOneClient(pool, async () => {
    await othersArrive();
    await priceOf(pool, 1);
  });

/** Runs everything on the client that it holds. */
const passesItsClient: Way = (pool, othersArrive) =>
  onOneClient(pool, async (client) => {
    await othersArrive();
    await priceOf(client, 1);
  });

async function onOneClient(
  pool: Pool,
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
// #endregion deadlock

/** So many requests, all of which hold a client before any goes on. */
async function serve(way: Way, requests: number) {
  const pool = new Pool({
    connectionString,
    max: MAX,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', (error) => console.error('idle connection lost', error));
  let arrived = 0;
  const all = Promise.withResolvers<void>();
  const settled = await Promise.allSettled(
    Array.from({ length: requests }, () =>
      way(pool, () => {
        arrived += 1;
        if (arrived === requests) {
          // All are connected. Without a limit they would now wait for ever.
          if (requests === MAX) pool.options.connectionTimeoutMillis = 200;
          all.resolve();
        }
        return all.promise;
      }),
    ),
  );
  const failed = settled.filter((one) => one.status === 'rejected');
  const reason: unknown = failed[0]?.reason;
  await pool.end();
  return {
    answered: requests - failed.length,
    message: reason instanceof Error ? reason.message : '',
  };
}

console.log(`max: ${MAX}          at once  answered  error`);
for (const way of [asksForASecond, passesItsClient]) {
  for (const requests of [1, 2, 3]) {
    const { answered, message } = await serve(way, requests);
    console.log(
      [
        way.name.padEnd(16),
        String(requests).padStart(7),
        String(answered).padStart(9),
        ` ${message}`,
      ]
        .join(' ')
        .trimEnd(),
    );
    const stuck = way === asksForASecond && requests === MAX;
    assert.equal(answered, stuck ? 0 : requests);
    assert.equal(
      message,
      stuck ? 'timeout exceeded when trying to connect' : '',
    );
  }
}
