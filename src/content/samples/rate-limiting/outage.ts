import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  connect,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import express, {
  type ErrorRequestHandler,
  type RequestHandler,
} from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Redis } from 'ioredis';
import { RedisStore } from 'rate-limit-redis';
import { limiterOn, refuse } from './limiter.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const PREFIX = 'rate_limiting_outage:';
const control = new Redis(REDIS_URL);
const forget = async () => {
  const keys = await control.keys(`*${PREFIX}*`);
  if (keys.length > 0) await control.del(keys);
};

const reported = new Set<string>();
const report = (error: unknown) => {
  if (error instanceof Error) reported.add(error.message);
};
const logger = { error: report, warn: report, debug: () => {} };

// #region ways
const windowMs = 3_600_000;
const limit = 10;
const storeOn = (redis: Redis, name: string) =>
  new RedisStore({
    prefix: PREFIX + name,
    sendCommand: (command: string, ...args: string[]) =>
      redis.call(command, ...args) as Promise<number | string>,
  });

const ways: Record<string, (redis: Redis) => RequestHandler> = {
  'by default': (redis) =>
    rateLimit({ windowMs, limit, logger, store: storeOn(redis, 'closed:') }),

  passOnStoreError: (redis) =>
    rateLimit({
      windowMs,
      limit,
      logger,
      store: storeOn(redis, 'open:'),
      passOnStoreError: true,
    }),

  'falls back': (redis) => {
    const policy = { name: PREFIX, burst: limit, interval: windowMs / limit };
    const take = limiterOn(redis, policy);
    // Not the whole truth, but a limit: each instance counts for itself.
    const local = rateLimit({ windowMs, limit, logger });
    return async (req, res, next) => {
      const taken = await take(ipKeyGenerator(req.ip ?? '')).catch(report);
      if (!taken) return void local(req, res, next);
      if (!taken.allowed) return refuse(res, taken.wait);
      next();
    };
  },
};
// #endregion ways

/** A way to Redis that can be cut, and restored. */
function lineTo(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let own = 0;
  const open = async () => {
    server = createServer((near) => {
      const far = connect(Number(port), hostname);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => {});
      }
    }).listen(own);
    await once(server, 'listening');
    own = (server.address() as AddressInfo).port;
    return own;
  };
  const cut = async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    if (!server) return;
    server.close();
    await once(server, 'close');
  };
  return { open, cut };
}

/** Unlike `once` it waits on when a connection fails. */
const heard = (redis: Redis, event: 'ready' | 'close') =>
  new Promise<void>((resolve) => redis.once(event, () => resolve()));

/** What becomes of twenty requests: passed, 429, 500. */
async function answers(url: string): Promise<string> {
  const counts = { 200: 0, 429: 0, 500: 0 };
  for (let at = 0; at < 20; at += 1) {
    const answer = await fetch(url);
    await answer.text();
    counts[answer.status as 200] += 1;
  }
  return Object.values(counts).join(' / ');
}

async function trial(way: (redis: Redis) => RequestHandler, upFirst: boolean) {
  await forget();
  // It listens first, so that nobody takes the port of a line that is cut.
  const app = express();
  const server = app.listen(0);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const url = `http://localhost:${address.port}/`;
  const line = lineTo(REDIS_URL ?? '');
  const port = await line.open();
  if (!upFirst) await line.cut();
  const near = new URL(REDIS_URL ?? '');
  near.hostname = 'localhost';
  near.port = String(port);
  const redis = new Redis(near.href, {
    enableOfflineQueue: false, // fail at once
    retryStrategy: () => 20,
  }).on('error', () => {});
  if (upFirst) await heard(redis, 'ready');

  app.use(way(redis));
  app.get('/', (_req, res) => void res.json('done'));
  const last: ErrorRequestHandler = (error: Error, _req, res, _next) => {
    report(error);
    res.status(500).json('error');
  };
  app.use(last);

  if (upFirst) {
    // The scripts have been loaded once they were used.
    await (await fetch(url)).text();
    await forget();
    const closed = heard(redis, 'close');
    await line.cut();
    await closed;
  }
  const down = await answers(url);
  const ready = heard(redis, 'ready');
  await line.open();
  await ready;
  const back = await answers(url);
  redis.disconnect();
  await line.cut();
  server.close();
  await once(server, 'close');
  return [down, back];
}

const results: Record<string, string[]> = {};
console.log('limit 10: passed / 429 / 500   Redis is down   Redis is back');
for (const upFirst of [true, false]) {
  console.log(`it was ${upFirst ? 'up' : 'down'} when the process started`);
  for (const [name, way] of Object.entries(ways)) {
    const [down = '', back = ''] = await trial(way, upFirst);
    results[`${name}, ${upFirst}`] = [down, back];
    console.log(`  ${name.padEnd(29)}${down.padEnd(16)}${back}`);
  }
}
assert.deepEqual(results, {
  'by default, true': ['0 / 0 / 20', '10 / 10 / 0'],
  'passOnStoreError, true': ['20 / 0 / 0', '10 / 10 / 0'],
  'falls back, true': ['10 / 10 / 0', '10 / 10 / 0'],
  'by default, false': ['0 / 0 / 20', '0 / 0 / 20'],
  'passOnStoreError, false': ['20 / 0 / 0', '20 / 0 / 0'],
  'falls back, false': ['10 / 10 / 0', '10 / 10 / 0'],
});
assert.match([...reported].join('\n'), /isn't writeable/);
await forget();
control.disconnect();
