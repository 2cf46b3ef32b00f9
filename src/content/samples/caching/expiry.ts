import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { cacheOn, spread } from './cache.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const failures: unknown[] = [];
const redis = new Redis(REDIS_URL).on('error', (error) => failures.push(error));

const PREFIX = 'caching_expiry:';
const MINUTE = 60_000;

/** Deletes what this program has written, here and in a run before. */
async function clean() {
  // SCAN goes in steps; KEYS would hold up every other client meanwhile.
  const found = redis.scanStream({ match: `*${PREFIX}*`, count: 1_000 });
  for await (const keys of found as AsyncIterable<string[]>) {
    if (keys.length > 0) await redis.unlink(keys);
  }
}
await clean();

/** The same numbers in each run, in place of Math.random. */
function seeded(seed: number) {
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

// #region expiry
/** An update that forgets what the first SET was told. */
async function updateBySet(key: string) {
  await redis.set(key, 'first', 'PX', MINUTE);
  await redis.set(key, 'second');
}

async function updateByKeepTtl(key: string) {
  await redis.set(key, 'first', 'PX', MINUTE);
  await redis.set(key, 'second', 'KEEPTTL');
}

/** Two commands: the process may end between them, and here it does. */
async function countByIncr(key: string, crash: () => void) {
  const count = await redis.incr(key);
  crash();
  if (count === 1) await redis.pexpire(key, MINUTE);
}

/** One script: both happen, or neither. Later counts move no deadline. */
const COUNT = `
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return count`;
const countByScript = (key: string) => redis.eval(COUNT, 1, key, MINUTE);

/** Writes 10,000 keys at one moment, as a deploy or an import does. */
async function warm(name: string, ttlOf: () => number) {
  const now = Date.now();
  const batch = redis.pipeline();
  const keys = Array.from({ length: 10_000 }, (_, n) => PREFIX + name + n);
  for (const key of keys) batch.set(key, 'x', 'PXAT', now + ttlOf());
  for (const key of keys) batch.pexpiretime(key);
  const replies = (await batch.exec()) ?? [];
  return replies.slice(keys.length).map(([, deadline]) => Number(deadline));
}

const FIVE_MINUTES = 300_000;
const alike = await warm('alike', () => FIVE_MINUTES);
const random = seeded(1);
const apart = await warm('apart', () => spread(FIVE_MINUTES, random));
// #endregion expiry

/** How many keys expire in each second that follows the first to go. */
function bySecond(deadlines: number[]): number[] {
  const first = deadlines.reduce((a, b) => Math.min(a, b));
  const seconds: number[] = [];
  for (const deadline of deadlines) {
    const second = Math.floor((deadline - first) / 1_000);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return seconds;
}

const key = (name: string) => PREFIX + name;
await updateBySet(key('set'));
await updateByKeepTtl(key('keep'));
assert.equal(await redis.get(key('keep')), 'second');
const crash = () => {
  throw new Error('the process ends here');
};
await assert.rejects(countByIncr(key('incr'), crash), /ends here/);
await countByScript(key('script'));

for (const [name, commands, expires] of [
  ['set', 'SET PX, SET', false],
  ['keep', 'SET PX, SET KEEPTTL', true],
  ['incr', 'INCR, crash, PEXPIRE', false],
  ['script', 'INCR and PEXPIRE in one script', true],
] as const) {
  const ttl = await redis.pttl(key(name));
  console.log(commands.padEnd(32), ttl > 0 ? 'expires' : 'stays for ever');
  // Redis answers -1 for a key without a deadline.
  assert(expires ? ttl > 0 && ttl <= MINUTE : ttl === -1);
}

// The next count is in the same window, and so neither ends nor extends it.
await redis.pexpire(key('script'), 1_000);
assert.equal(await countByScript(key('script')), 2);
assert((await redis.pttl(key('script'))) <= 1_000);

console.log();
console.log('10,000 keys written at once   seconds   most in one second');
for (const [name, deadlines] of Object.entries({ alike, apart })) {
  const seconds = bySecond(deadlines);
  const most = seconds.reduce((a, b) => Math.max(a, b));
  assert.equal(
    seconds.reduce((a, b) => a + b),
    10_000,
  );
  console.log(
    name.padEnd(30) + String(seconds.length).padStart(7),
    most.toLocaleString('en').padStart(20),
  );
  if (name === 'alike') assert.deepEqual(seconds, [10_000]);
  else assert(seconds.length >= 59 && most < 250);
}

// The cache spreads by itself: of fifty keys no two need expire together.
const cache = cacheOn(redis, (error) => failures.push(error));
const load = () => Promise.resolve({ text: 'x', ttl: FIVE_MINUTES });
const stored = Array.from({ length: 50 }, (_, n) => key(`stored${n}`));
await Promise.all(stored.map((name) => cache.read(name, load)));
const ttls = await Promise.all(stored.map((name) => redis.pttl(name)));
assert(Math.max(...ttls) - Math.min(...ttls) > FIVE_MINUTES / 20);

await clean();
redis.disconnect();
assert.deepEqual(failures, []);
