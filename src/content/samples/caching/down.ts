import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { cacheOn } from './cache.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const PREFIX = 'caching_down:';
const KEY = `${PREFIX}report`;
const SWITCH = `${PREFIX}switch`;
const MINUTE = 60_000;

/** A port at which something listened, and nothing does any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
const refused = `redis://127.0.0.1:${await closedPort()}`;

/** What commands failed with, and what connections failed with. */
const errors = new Set<string>();
const report = (error: unknown) => errors.add((error as Error).message);
const lost = new Set<string | undefined>();
const note = (error: NodeJS.ErrnoException) => void lost.add(error.code);

const control = new Redis(REDIS_URL).on('error', note);
await control.del(KEY, `lease:{${KEY}}`, SWITCH);

/** Connected to a Redis that says nothing more until `release` is called. */
async function stalled(url: string, options: Partial<typeof FAIL_FAST>) {
  const redis = new Redis(url, options).on('error', note);
  if (redis.status !== 'ready') await once(redis, 'ready');
  // A connection is answered in order, so all that follows waits for this.
  redis.blpop(SWITCH, 0).catch(() => {});
  return { redis, release: () => control.lpush(SWITCH, 'go') };
}

const { retryStrategy: usual } = new Redis({ lazyConnect: true }).options;
assert(usual);

// #region down
/** What `new Redis(url)` does to two requests when nothing listens there. */
async function waitByDefault(url: string) {
  const waits: { error: unknown; attempts: number; paused: number }[] = [];
  const pauses: number[] = [];
  const redis = new Redis(url, {
    // Notes the pause that ioredis would make, and makes none.
    retryStrategy(times) {
      pauses.push(Number(usual?.(times)));
      return 0;
    },
  }).on('error', note);
  for (const before of [0, 21]) {
    const error = await redis.get(KEY).catch((caught: unknown) => caught);
    // The pause after the last attempt is spent by whoever comes next.
    const paused = pauses.slice(Math.max(0, before - 1), -1);
    waits.push({
      error,
      attempts: pauses.length - before,
      paused: paused.reduce((sum, pause) => sum + pause),
    });
  }
  redis.disconnect();
  return waits;
}

/** For a client that only caches. */
const FAIL_FAST = {
  // Without a connection: fail at once, queue nothing.
  enableOfflineQueue: false,
  // With one, and no reply: this long, and no longer.
  commandTimeout: 100,
};

/** Fifty requests to one process, through the cache of this page. */
async function answersOf(redis: Redis) {
  let queries = 0;
  const cache = cacheOn(redis, report);
  const load = async () => {
    queries += 1;
    await sleep(10);
    return { text: 'report', ttl: MINUTE };
  };
  const requests = Array.from({ length: 50 }, () => cache.read(KEY, load));
  const settled = await Promise.allSettled(requests);
  const answers = settled.filter((one) => one.status === 'fulfilled').length;
  return { answers, queries };
}
// #endregion down

console.log('defaults, nothing listens');
const [early, late] = await waitByDefault(refused);
assert(early && late);
// Twenty growing pauses, then 21 of 5 s; to each come up to 199 ms of jitter.
assert(early.paused >= 71_350 && early.paused <= 71_350 + 20 * 199);
assert(late.paused >= 105_000 && late.paused <= 105_000 + 21 * 199);
for (const [name, wait] of Object.entries({ '1st': early, '2nd': late })) {
  const { error, attempts, paused } = wait;
  assert(error instanceof Error);
  assert.equal(error.name, 'MaxRetriesPerRequestError');
  assert.equal(attempts, 21);
  const tens = Math.floor(paused / 10_000) * 10;
  console.log(`  ${name} request: ${attempts} attempts, over ${tens} s`);
  console.log(`    ${error.name}`);
}
console.log(`  each attempt: ${[...lost].join()}`);
assert.deepEqual([...lost], ['ECONNREFUSED']);

// No reply is no error: the default is to wait for it.
const silent = await stalled(REDIS_URL, {});
let replied = false;
const reply = silent.redis.get(KEY).then(() => (replied = true));
await sleep(500);
assert.equal(replied, false);
await silent.release();
assert(await reply);
silent.redis.disconnect();
console.log('defaults, no reply');
console.log('  waits until there is one');

/** A load that ends when it is told to. */
function gated(text: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const load = () => promise.then(() => ({ text, ttl: MINUTE }));
  return { load, open: resolve };
}

/** Prints what fifty requests got, and what the cache reported. */
async function print(name: string, redis: Redis) {
  const { answers, queries } = await answersOf(redis);
  console.log(name);
  console.log(`  50 requests, ${answers} answers, ${queries} query`);
  console.log(`  ${[...errors].join()}`);
  assert.deepEqual({ answers, queries }, { answers: 50, queries: 1 });
}

const nobody = new Redis(refused, FAIL_FAST).on('error', note);
await new Promise((resolve) => nobody.once('close', resolve));
await print('FAIL_FAST, nothing listens', nobody);
const OFFLINE =
  "Stream isn't writeable and enableOfflineQueue options is false";
assert.deepEqual([...errors], [OFFLINE]);

// A write that is committed does not fail because its cache does.
const alone = cacheOn(nobody, report);
await alone.invalidate(KEY);

// Nor does a load that began before an invalidation hide one that began after.
const [before, after] = [gated('before'), gated('after')];
const first = alone.read(KEY, before.load);
await alone.invalidate(KEY);
const second = alone.read(KEY, after.load);
before.open();
assert.equal(await first, 'before');
const third = alone.read(KEY, () => Promise.reject(new Error('a third load')));
after.open();
assert.deepEqual(await Promise.all([second, third]), ['after', 'after']);
nobody.disconnect();
errors.clear();

// Redis goes while the value is being loaded: there is an answer all the same.
const gone = new Redis(REDIS_URL).on('error', note);
const midway = await cacheOn(gone, report).read(KEY, () => {
  gone.disconnect();
  return Promise.resolve({ text: 'loaded', ttl: MINUTE });
});
assert.equal(midway, 'loaded');
assert.deepEqual([...errors], ['Connection is closed.']);
errors.clear();
await control.del(`lease:{${KEY}}`);

const mute = await stalled(REDIS_URL, FAIL_FAST);
await print('FAIL_FAST, no reply', mute.redis);
assert.deepEqual([...errors], ['Command timed out']);
errors.clear();

// The same client caches again as soon as Redis replies, however slowly.
mute.redis.options.commandTimeout = 10_000;
await mute.release();
assert.deepEqual(await answersOf(mute.redis), { answers: 50, queries: 1 });
assert.deepEqual(await answersOf(mute.redis), { answers: 50, queries: 0 });
assert.deepEqual([...errors], []);
mute.redis.disconnect();

await control.del(KEY, `lease:{${KEY}}`, SWITCH);
control.disconnect();
