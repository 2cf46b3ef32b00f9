import assert from 'node:assert/strict';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { pino, type Logger } from 'pino';

type Line = { requestId?: string; user: string };
let lines: Line[] = [];
const stream = {
  write: (line: string) => void lines.push(JSON.parse(line) as Line),
};

/** Opens when two requests have come to it, so that they overlap. */
function meeting() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting = 0;
  return async () => {
    waiting += 1;
    if (waiting === 2) resolve();
    await promise;
  };
}

/** A pool of one, with callbacks: whoever releases it calls the next. */
function slot() {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  return {
    take(callback: () => void) {
      if (isTaken) return void waiting.push(callback);
      isTaken = true;
      callback();
    },
    release() {
      isTaken = false;
      const next = waiting.shift();
      if (next) this.take(next);
    },
  };
}

// #region context
type Context = { requestId: string };
const context = new AsyncLocalStorage<Context>();
let current: Context | undefined;

const byVariable = pino({ mixin: () => ({ ...current }) }, stream);
const byStorage = pino({ mixin: () => ({ ...context.getStore() }) }, stream);
const plain = pino({}, stream);

/** Deep in the application: nobody hands it a request. */
async function charge(log: Logger, user: string, meet: () => Promise<void>) {
  log.info({ user }, 'charging');
  await meet();
  log.info({ user }, 'charged');
}

type Way = (id: string, user: string, tools: Tools) => Promise<void>;
type Tools = { meet: () => Promise<void>; pool: ReturnType<typeof slot> };

const ways: Record<string, Way> = {
  'a variable of the module': async (requestId, user, { meet }) => {
    current = { requestId };
    await charge(byVariable, user, meet);
  },
  'a child logger, passed on': async (requestId, user, { meet }) => {
    await charge(plain.child({ requestId }), user, meet);
  },
  AsyncLocalStorage: async (requestId, user, { meet }) => {
    await context.run({ requestId }, () => charge(byStorage, user, meet));
  },
  'a callback that waited': async (requestId, user, { meet, pool }) => {
    await context.run({ requestId }, () => queued(user, meet, pool));
  },
  'the same, bound': async (requestId, user, { meet, pool }) => {
    await context.run({ requestId }, () =>
      queued(user, meet, pool, (callback) => AsyncResource.bind(callback)),
    );
  },
};

/** Waits for its turn by a callback, which another request will call. */
async function queued(
  user: string,
  meet: () => Promise<void>,
  pool: Tools['pool'],
  bind = (callback: () => void) => callback,
) {
  const logged = new Promise<void>((resolve) => {
    const callback = () => {
      byStorage.info({ user }, 'has the connection');
      resolve();
    };
    pool.take(bind(callback));
  });
  await meet();
  byStorage.info({ user }, 'releases');
  pool.release();
  await logged;
}
// #endregion context

const ids: Record<string, string> = { ann: 'r1', bob: 'r2' };

console.log(''.padEnd(28) + 'lines  of the right request');
for (const [name, way] of Object.entries(ways)) {
  lines = [];
  current = undefined;
  const tools = { meet: meeting(), pool: slot() };
  const app = express();
  const handler: RequestHandler = async (req, res) => {
    const user = String(req.params.user);
    await way(ids[user] ?? '', user, tools);
    res.json({});
  };
  app.post('/:user', express.json(), handler);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = (user: string) =>
    fetch(`http://localhost:${port}/${user}`, { method: 'POST' });
  await Promise.all([ask('ann'), ask('bob')]);
  server.close();
  await once(server, 'close');

  const right = lines.filter(({ requestId, user }) => ids[user] === requestId);
  console.log(`${name.padEnd(28)}${lines.length}      ${right.length}`);
  assert.equal(lines.length, 4);
  const loses = ['a variable of the module', 'a callback that waited'];
  assert.equal(right.length, loses.includes(name) ? 3 : 4);
}
