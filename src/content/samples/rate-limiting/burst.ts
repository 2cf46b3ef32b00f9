import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { limiterOn } from './limiter.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const redis = new Redis(REDIS_URL);
const PREFIX = 'rate_limiting_burst:';
const forget = async () => {
  const keys = await redis.keys(`*${PREFIX}*`);
  if (keys.length > 0) await redis.del(keys);
};
await forget();

let time = 0;
const now = () => time;

// #region windows
const MINUTE = 60_000;
type Limit = (key: string) => Promise<boolean>;

/** Counts by the minute of the clock. */
const FIXED = `
  local used = redis.call('INCR', KEYS[1])
  if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return used`;
const fixedWindow: Limit = async (key) => {
  const minute = `${key}:${Math.floor(now() / MINUTE)}`;
  return Number(await redis.eval(FIXED, 1, minute, MINUTE)) <= 10;
};

/** Remembers when each request came, for a minute. */
const LOG = `
  local now, minute = tonumber(ARGV[1]), tonumber(ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - minute)
  local used = redis.call('ZCARD', KEYS[1])
  if used >= 10 then return 0 end
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], minute)
  return 1`;
let id = 0;
const slidingLog: Limit = async (key) => {
  const args = [now(), MINUTE, (id += 1)];
  return Number(await redis.eval(LOG, 1, key, ...args)) === 1;
};

/** GCRA: ten at once, then one every six seconds. */
const take = limiterOn(redis, {
  name: PREFIX,
  burst: 10,
  interval: MINUTE / 10,
  now,
});
const gcra: Limit = async (key) => (await take(key)).allowed;

/** The same, for those who may not come all at once. */
const takeEvenly = limiterOn(redis, {
  name: `${PREFIX}even`,
  burst: 2,
  interval: MINUTE / 10,
  now,
});
const gcraOfTwo: Limit = async (key) => (await takeEvenly(key)).allowed;

/** Twenty requests about the full minute, then two a second. */
const attempts = [
  ...Array.from({ length: 10 }, () => MINUTE - 100),
  ...Array.from({ length: 10 }, () => MINUTE + 100),
  ...Array.from({ length: 240 }, (_, at) => MINUTE + 500 + at * 500),
];
// #endregion windows

/** The most that passed within `width` milliseconds. */
const most = (passed: number[], width: number) =>
  Math.max(
    ...passed.map((from) => {
      const within = passed.filter((at) => at >= from && at < from + width);
      return within.length;
    }),
  );

const results: Record<string, number[]> = {};
console.log('10 a minute      in 1 s    in 60 s   in 121 s  stored');
const limits = { fixedWindow, slidingLog, gcra, gcraOfTwo };
for (const [name, limit] of Object.entries(limits)) {
  const passed: number[] = [];
  for (const at of attempts) {
    time = at;
    if (await limit(`${PREFIX}${name}`)) passed.push(at);
  }
  const log = name === 'slidingLog';
  const stored = log ? await redis.zcard(`${PREFIX}${name}`) : 1;
  const row = [most(passed, 1000), most(passed, MINUTE), passed.length, stored];
  results[name] = row;
  const cells = row.map((cell) => String(cell).padEnd(10));
  console.log((name.padEnd(17) + cells.join('')).trimEnd());
}
assert.deepEqual(results, {
  fixedWindow: [20, 20, 31, 1],
  slidingLog: [10, 10, 21, 10],
  gcra: [10, 19, 30, 1],
  gcraOfTwo: [2, 11, 22, 1],
});
// A seventh of a day is no whole number of milliseconds.
const seven = { name: `${PREFIX}seven`, burst: 7, interval: 86_400_000 / 7 };
const takeOfSeven = limiterOn(redis, seven);
const taken = [];
for (let at = 0; at < 8; at += 1) taken.push(await takeOfSeven('key'));
assert.deepEqual(
  taken.map(({ allowed }) => allowed),
  [true, true, true, true, true, true, true, false],
);
// A client that stays away leaves nothing behind.
for (const key of await redis.keys(`*${PREFIX}*`))
  assert((await redis.pttl(key)) > 0, key);
await forget();
redis.disconnect();
