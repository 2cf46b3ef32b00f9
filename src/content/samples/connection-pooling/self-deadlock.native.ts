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
    // What went wrong is `error`, whatever ROLLBACK says on top of it.
    await client.query('ROLLBACK').catch(() => {});
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
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  let waiting = 0;
  const arrive = () => {
    arrived += 1;
    if (arrived === requests) {
      // All are connected. Without a limit they would now wait for ever.
      if (requests === MAX) pool.options.connectionTimeoutMillis = 200;
      all.resolve();
      // By then all of them have asked, and none has been answered.
      setImmediate(() => (waiting = pool.waitingCount));
    }
    return all.promise;
  };

  // The first refusal gives a client back: what comes after it is chance.
  let answered = 0;
  let refusal = '';
  const request = async () => {
    try {
      await way(pool, arrive);
      if (!refusal) answered += 1;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      refusal ||= error.message;
    }
  };
  await Promise.all(Array.from({ length: requests }, request));
  await pool.end();
  return { waiting, answered, refusal };
}

let told = '';
console.log(`max: ${MAX}           at once  waiting  answered`);
for (const way of [asksForASecond, passesItsClient]) {
  for (const requests of [1, 2, 3]) {
    const { waiting, answered, refusal } = await serve(way, requests);
    console.log(
      way.name.padEnd(15),
      String(requests).padStart(9),
      String(waiting).padStart(8),
      String(answered).padStart(9),
    );
    told ||= refusal;
    const asks = way === asksForASecond;
    const stuck = asks && requests === MAX;
    assert.equal(waiting, asks ? [0, 1, 3][requests - 1] : 0);
    assert.equal(answered, stuck ? 0 : requests);
    assert.equal(
      refusal,
      stuck ? 'timeout exceeded when trying to connect' : '',
    );
  }
}
console.log(`\nthen the first: ${told}`);
