import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { cacheOn } from './cache.ts';

const { REDIS_URL, DATABASE_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const KEY = 'caching_invalidation:price';
const LEASE = `lease:{${KEY}}`;
const MINUTE = 60_000;

const failures: unknown[] = [];
const report = (error: unknown) => void failures.push(error);
const redis = new Redis(REDIS_URL).on('error', report);
const cache = cacheOn(redis, report);

// Two requests at once need two sessions: one writes, the other reads.
const writer = new Client({ connectionString: DATABASE_URL });
const reader = new Client({ connectionString: DATABASE_URL });
await writer.connect();
await reader.connect();
await writer.query(`
  DROP SCHEMA IF EXISTS caching_invalidation CASCADE;
  CREATE SCHEMA caching_invalidation;
  CREATE TABLE caching_invalidation.product (
    id bigint PRIMARY KEY, price integer NOT NULL
  );
  INSERT INTO caching_invalidation.product VALUES (1, 10);
`);

async function select(): Promise<string> {
  const { rows } = await reader.query<{ price: number }>(
    'SELECT price FROM caching_invalidation.product WHERE id = 1',
  );
  return String(rows[0]?.price);
}

type Step = () => Promise<unknown>;
const nothing: Step = () => Promise.resolve();

/** A transaction, with what happens to come just before COMMIT and after. */
async function setPrice(price: number, last = nothing, then = nothing) {
  await writer.query('BEGIN');
  await writer.query(
    'UPDATE caching_invalidation.product SET price = $1 WHERE id = 1',
    [price],
  );
  await last();
  await writer.query('COMMIT');
  await then();
}

// #region order
/** Look, else load and store: in between, anything may have happened. */
async function getThenSet(load = select): Promise<string> {
  const hit = await redis.get(KEY);
  if (hit !== null) return hit;
  const text = await load();
  await redis.set(KEY, text, 'PX', MINUTE);
  return text;
}
const drop = () => redis.del(KEY);

/** Who may store is decided before the load, and an invalidation undoes it. */
const readUnderLease = (load = select) =>
  cache.read(KEY, async () => ({ text: await load(), ttl: MINUTE }));
const invalidate = () => cache.invalidate(KEY);

/** Loads the old price, and is slow to store it: the change comes first. */
const slowly = (change: Step) => async () => {
  const old = await select();
  await change();
  return old;
};

// In each of these the price goes from 10 to 20 while somebody reads it.
const orders: Record<string, Step> = {
  'DEL, read, COMMIT': () =>
    setPrice(20, async () => {
      await drop();
      await getThenSet();
    }),
  'read, COMMIT, DEL': () => setPrice(20, getThenSet, drop),
  'select, COMMIT, DEL, SET': () =>
    getThenSet(slowly(() => setPrice(20, nothing, drop))),

  'lease: invalidate, read, COMMIT': () =>
    setPrice(20, async () => {
      await invalidate();
      await readUnderLease();
    }),
  'lease: read, COMMIT, invalidate': () =>
    setPrice(20, readUnderLease, invalidate),
  'lease: select, COMMIT, invalidate': () =>
    readUnderLease(slowly(() => setPrice(20, nothing, invalidate))),
  'lease: read, COMMIT, crash': () => setPrice(20, readUnderLease),
};
// #endregion order

const expected = ['10', '20', '10', '10', '20', '20', '10'];
console.log('order'.padEnd(35), 'database  next read');
for (const [order, run] of Object.entries(orders)) {
  await redis.del(KEY, LEASE);
  await setPrice(10);
  await run();
  const ttl = await redis.pttl(KEY);
  const seen = await (
    order.startsWith('lease') ? readUnderLease : getThenSet
  )();
  const stored = await select();
  const stale = seen !== stored;
  const columns = [order.padEnd(35), stored.padStart(8), seen.padStart(10)];
  console.log([...columns, ...(stale ? [' stale'] : [])].join(' '));
  assert.equal(stored, '20');
  assert.equal(seen, expected.shift());
  // Nothing but its TTL ever ends what is stale.
  if (stale) assert(ttl > 0 && ttl <= 1.1 * MINUTE);
}

// A second process has the lease by the time that the slow one would store.
const other = new Redis(REDIS_URL).on('error', report);
const elsewhere = cacheOn(other, report);
await redis.del(KEY, LEASE);
await setPrice(10);
const bothStored = Promise.withResolvers<void>();
const late = await readUnderLease(
  slowly(async () => {
    await setPrice(20, nothing, invalidate);
    // Takes the lease, and holds it until the slow one has tried.
    const leased = Promise.withResolvers<void>();
    void elsewhere
      .read(KEY, async () => {
        leased.resolve();
        await bothStored.promise;
        return { text: await select(), ttl: MINUTE };
      })
      .catch(report);
    await leased.promise;
  }),
);
assert.equal(late, '10');
assert.equal(await redis.get(KEY), null);
bothStored.resolve();
assert.equal(
  await elsewhere.read(KEY, () => Promise.reject(new Error())),
  '20',
);
assert.equal(await redis.get(KEY), '20');

// This process itself joins no load that began before an invalidation.
await redis.del(KEY, LEASE);
const joined = await readUnderLease(
  slowly(async () => {
    await setPrice(30, nothing, invalidate);
    assert.equal(await readUnderLease(), '30');
  }),
);
assert.equal(joined, '20');

assert.deepEqual(failures, []);
await redis.del(KEY, LEASE);
redis.disconnect();
other.disconnect();
await writer.query('DROP SCHEMA caching_invalidation CASCADE');
await writer.end();
await reader.end();
