import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { Redis } from 'ioredis';
import { RedisStore } from 'rate-limit-redis';
import { limiterOn } from './limiter.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const redis = new Redis(REDIS_URL);
const PREFIX = 'rate_limiting_instances:';
const forget = async () => {
  const keys = await redis.keys(`*${PREFIX}*`);
  if (keys.length > 0) await redis.del(keys);
};
await forget();

// #region limits
const HOUR = 3_600_000;
const headers = { standardHeaders: 'draft-8', legacyHeaders: false } as const;

/** Each makes the limiter of one instance: ten requests in an hour. */
const limits: Record<string, () => RequestHandler> = {
  'in memory': () => rateLimit({ windowMs: HOUR, limit: 10, ...headers }),

  'in Redis': () =>
    rateLimit({
      windowMs: HOUR,
      limit: 10,
      ...headers,
      store: new RedisStore({
        prefix: `${PREFIX}shared:`,
        sendCommand: (command: string, ...args: string[]) =>
          redis.call(command, ...args) as Promise<number | string>,
      }),
    }),
};

/** What a limit must not be: all read the same number, then all write. */
async function getThenSet(key: string): Promise<boolean> {
  const used = Number(await redis.get(key));
  if (used >= 10) return false;
  await redis.set(key, used + 1, 'PX', HOUR);
  return true;
}
/** One script, which nothing interrupts. */
const take = limiterOn(redis, { name: PREFIX, burst: 10, interval: HOUR / 10 });
// #endregion limits

/** An instance of the API, and how to end it. */
async function instance(limit: RequestHandler) {
  const app = express().use(limit);
  app.get('/', (_req, res) => void res.json('done'));
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.close();
    await once(server, 'close');
  };
  return { url: `http://localhost:${port}/`, stop };
}

/** How many of `count` requests are let through, to each URL in turn. */
async function passed(count: number, ...urls: string[]) {
  let sum = 0;
  for (let at = 0; at < count; at += 1) {
    const answer = await fetch(urls[at % urls.length] ?? '');
    await answer.text();
    if (answer.ok) sum += 1;
  }
  return sum;
}

const results: Record<string, number[]> = {};
console.log('limit 10        40 to two instances   20 after a restart');
for (const [name, limit] of Object.entries(limits)) {
  const one = await instance(limit());
  const two = await instance(limit());
  const before = await passed(40, one.url, two.url);
  await one.stop();
  await two.stop();
  const restarted = await instance(limit());
  const after = await passed(20, restarted.url);
  await restarted.stop();
  results[name] = [before, after];
  console.log(`${name.padEnd(16)}${String(before).padEnd(22)}${after}`);
}
assert.deepEqual(results, { 'in memory': [20, 10], 'in Redis': [10, 0] });

const forty = Array.from({ length: 40 }, () => `${PREFIX}race`);
const naive = await Promise.all(forty.map(getThenSet));
const atomic = await Promise.all(forty.map(take));
const counts = [
  naive.filter((ok) => ok).length,
  atomic.filter(({ allowed }) => allowed).length,
];
console.log('\nlimit 10        40 at once');
console.log(`get, then set   ${counts[0]}`);
console.log(`one script      ${counts[1]}`);
assert.deepEqual(counts, [40, 10]);

// What a client sees of the one that counts right.
const shared = limits['in Redis'];
assert(shared);
await forget();
const { url, stop } = await instance(shared());
await passed(10, url);
const answer = await fetch(url);
const text = await answer.text();
console.log(`\n${answer.status} ${text}`);
for (const name of ['Retry-After', 'RateLimit', 'RateLimit-Policy']) {
  const value = answer.headers.get(name) ?? '';
  const shown = value
    .replace(/(t=|^)\d+$/, '$1(seconds)')
    .replace(/pk=:.*:/, 'pk=:(hash):');
  console.log(`${name}: ${shown}`);
}
assert.equal(answer.status, 429);
assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
await stop();
await forget();
redis.disconnect();
