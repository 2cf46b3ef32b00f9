import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { cacheOn } from './cache.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const KEY = 'caching_stampede:report';
const LEASE = `lease:{${KEY}}`;
const MINUTE = 60_000;

/** Our own processes would report this to their logs. */
const failures: unknown[] = [];
const report = (error: unknown) => void failures.push(error);

// #region stampede
type Query = () => Promise<string>;

/** One process of the application: a connection and a memory of its own. */
function startInstance(url: string) {
  const redis = new Redis(url).on('error', report);
  const cache = cacheOn(redis, report);
  const underWay = new Map<string, Promise<string>>();

  /** What everybody writes first. */
  async function getThenSet(query: Query): Promise<string> {
    const hit = await redis.get(KEY);
    if (hit !== null) return hit;
    const text = await query();
    await redis.set(KEY, text, 'PX', MINUTE);
    return text;
  }

  /** Requests of this process share one promise. */
  function oncePerProcess(query: Query): Promise<string> {
    const joined = underWay.get(KEY);
    if (joined) return joined;
    const flight = getThenSet(query).finally(() => underWay.delete(KEY));
    underWay.set(KEY, flight);
    return flight;
  }

  /** The same, and a lease in Redis that all processes share. */
  const onceForAll = (query: Query) =>
    cache.read(KEY, async () => ({ text: await query(), ttl: MINUTE }));

  return { redis, getThenSet, oncePerProcess, onceForAll };
}

const instances = Array.from({ length: 5 }, () => startInstance(REDIS_URL));
type Way = 'getThenSet' | 'oncePerProcess' | 'onceForAll';

/** Ten requests to each of five processes, all before a query has ended. */
async function stampede(way: Way, outcome: () => string) {
  let queries = 0;
  const gate = Promise.withResolvers<void>();
  const query = async () => {
    queries += 1;
    const number = queries;
    await gate.promise;
    return number === 1 ? outcome() : 'report';
  };
  const requests = instances.flatMap((instance) =>
    Array.from({ length: 10 }, () => instance[way](query)),
  );
  // A connection answers in order: after this, every request has missed.
  await Promise.all(instances.map(({ redis }) => redis.ping()));
  gate.resolve();
  const settled = await Promise.allSettled(requests);
  const answered = settled.filter((one) => one.status === 'fulfilled').length;
  return { queries, answered };
}
// #endregion stampede

const [first] = instances;
assert(first);
const forget = () => first.redis.del(KEY, LEASE);
await Promise.all(instances.map(({ redis }) => redis.ping()));

console.log('50 requests, nothing cached     queries  answered');
function print(name: string, { queries, answered }: Outcome) {
  const numbers = [queries, answered].map((count) => `${count}`.padStart(10));
  console.log(name.padEnd(30) + numbers.join('').replace(/^ /, ''));
}
type Outcome = Awaited<ReturnType<typeof stampede>>;

const expected = { getThenSet: 50, oncePerProcess: 5, onceForAll: 1 };
for (const [way, queries] of Object.entries(expected) as [Way, number][]) {
  await forget();
  const outcome = await stampede(way, () => 'report');
  print(way, outcome);
  assert.deepEqual(outcome, { queries, answered: 50 });
}

// With what it guards in place, the lease is gone.
assert.equal(await first.redis.exists(LEASE), 0);

// A lease runs out by itself, should its holder never come back.
await forget();
let life = 0;
await first.onceForAll(async () => {
  life = await first.redis.pttl(LEASE);
  return 'report';
});
assert(life > 0 && life <= 5_000);

// The holder's query fails: its ten requests fail, the others go on at once.
await forget();
const failed = await stampede('onceForAll', () => {
  throw new Error('the query failed');
});
print('  its first query fails', failed);
assert.deepEqual(failed, { queries: 2, answered: 40 });

// A holder died with its lease: the others wait for it to run out, no longer.
await forget();
await first.redis.set(LEASE, 'of a dead process', 'PX', 200);
const orphaned = await stampede('onceForAll', () => 'report');
print('  a dead process has the lease', orphaned);
assert.deepEqual(orphaned, { queries: 1, answered: 50 });

// A lease that outlives the patience of requests: they load, store nothing.
await forget();
await first.redis.set(LEASE, 'of a slow process', 'PX', MINUTE);
const impatient = await stampede('onceForAll', () => 'report');
print('  a slow process has the lease', impatient);
assert.deepEqual(impatient, { queries: 5, answered: 50 });
assert.equal(await first.redis.get(KEY), null);

// Nor does a query of theirs that fails end the lease of another.
await stampede('onceForAll', () => {
  throw new Error('the query failed');
});
assert.equal(await first.redis.get(LEASE), 'of a slow process');

// A Redis that is slow to reply uses up the same second of patience.
const slow = new Redis(REDIS_URL).on('error', report);
let asked = 0;
Object.assign(slow, {
  async eval(script: string, ...rest: (string | number)[]) {
    asked += 1;
    await sleep(300);
    return slow.call('EVAL', script, ...rest);
  },
});
await cacheOn(slow, report).read(KEY, async () => {
  return Promise.resolve({ text: 'report', ttl: MINUTE });
});
assert(asked <= 5, `${asked} times`);
slow.disconnect();

assert.deepEqual(failures, []);
await forget();
for (const { redis } of instances) redis.disconnect();
