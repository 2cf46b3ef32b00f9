import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  setImmediate as turn,
  setTimeout as sleep,
} from 'node:timers/promises';
import express, { type Request } from 'express';

/** Ten pages of orders. From the third on they need a push each. */
const LAST = 10;
const orders = express();
const events = new EventEmitter();
let trials = 0;
let asked = 0;
orders.get('/:trial/pages/:page', async (req, res) => {
  const page = Number(req.params.page);
  // A request that was given up may still arrive in the next trial.
  if (Number(req.params.trial) === trials) asked += 1;
  events.emit('asked');
  if (page > 2) await once(events, 'push');
  res
    .set('Connection', 'close')
    .json({ rows: [page * 2 - 1, page * 2], next: page < LAST });
});

interface Page {
  rows: number[];
  next: boolean;
}
let openExports = 0;
/** The files that exports have written. */
const written: string[] = [];

const ordering = orders.listen(0);
await once(ordering, 'listening');
const SERVICE = `http://localhost:${(ordering.address() as AddressInfo).port}`;
let ORDERS = `${SERVICE}/0`;

// #region deadline
/** Page after page, while somebody reads; cleans up however it ends. */
async function* pages(signal?: AbortSignal): AsyncGenerator<number[]> {
  openExports += 1;
  try {
    for (let page = 1, more = true; more; page += 1) {
      const response = await fetch(`${ORDERS}/pages/${page}`, {
        signal: signal ?? null,
      });
      const { rows, next } = (await response.json()) as Page;
      yield rows;
      more = next;
    }
  } finally {
    openExports -= 1; // close the file, release the connection
  }
}

async function exportOrders(signal?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const rows of pages(signal)) count += rows.length;
  written.push(`${count} orders`);
  return count;
}

/** The race is lost, and the loser runs on. */
async function byRace(_req: Request, ms: number) {
  const late = sleep(ms, undefined, { ref: false }).then(() => {
    throw new DOMException('too late', 'TimeoutError');
  });
  return Promise.race([exportOrders(), late]);
}

/** One signal for the deadline and for a client who leaves. */
async function bySignal(req: Request, ms: number) {
  const gone = new AbortController();
  req.res?.once('close', () => gone.abort());
  return exportOrders(AbortSignal.any([gone.signal, AbortSignal.timeout(ms)]));
}
// #endregion deadline

/** What the next request has until its deadline, in milliseconds. */
let patience = 0;
const app = express();
const ways = { byRace, bySignal };
app.get('/:way', async (req, res) => {
  try {
    const way = ways[req.params.way as keyof typeof ways];
    const count = await way(req, patience);
    if (!res.closed) res.json({ count });
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'TimeoutError' && name !== 'AbortError') throw error;
    events.emit('given up', name);
    if (!res.closed) res.status(503).json({});
  }
});
const server = app.listen(0);
await once(server, 'listening');
const API = `http://localhost:${(server.address() as AddressInfo).port}`;

/** One export that stalls on page 3; the caller waits, or leaves then. */
async function trial(
  way: keyof typeof ways,
  leaves: boolean,
  ms: number,
): Promise<{ status: string; after: number; file: string }> {
  trials += 1;
  ORDERS = `${SERVICE}/${trials}`;
  asked = 0;
  written.length = 0;
  patience = ms;
  const client = new AbortController();
  const never = AbortSignal.timeout(30_000); // only if the program is wrong
  const answer = fetch(`${API}/${way}`, {
    signal: AbortSignal.any([client.signal, never]),
  }).then(
    (response) => String(response.status),
    () => 'none',
  );
  let isCut = false;
  void answer.then(() => {
    isCut = way === 'bySignal';
    events.emit('asked');
  });
  while (asked < 3 && !isCut) await once(events, 'asked');
  // A busy machine: the deadline came before page 3. Again, with more time.
  if (asked < 3) return trial(way, leaves, ms * 4);
  const isGivenUp = leaves && way === 'bySignal';
  const givenUp = isGivenUp && once(events, 'given up', { signal: never });
  if (leaves) client.abort();
  const status = await answer;
  // Long before the deadline: the export ends because its reader left.
  if (givenUp) assert.deepEqual(await givenUp, ['AbortError']);
  const askedBefore = asked;
  // From here on nobody waits for the export: does it go on?
  while (openExports > 0) {
    events.emit('push');
    await turn();
  }
  await turn();
  return {
    status,
    after: asked - askedBefore,
    file: written.join() || 'none',
  };
}

console.log('                         answer  pages read afterwards  written');
for (const leaves of [false, true]) {
  for (const way of ['byRace', 'bySignal'] as const) {
    // A caller who leaves does so long before the deadline.
    const ms = leaves ? 600_000 : 400;
    const { status, after, file } = await trial(way, leaves, ms);
    const what = leaves ? 'the client leaves' : 'deadline';
    const cells = [what.padEnd(18), way.padEnd(9), status.padEnd(7)];
    console.log(cells.join(''), String(after).padEnd(22), file);
    const isBad = way === 'byRace';
    assert.equal(status, leaves ? 'none' : '503');
    assert.equal(after, isBad ? LAST - 3 : 0);
    assert.equal(file, isBad ? '20 orders' : 'none');
  }
}

// A reader who stops early: the generator is closed, and reads no further.
asked = 0;
for await (const rows of pages()) if (rows.includes(3)) break;
assert.equal(asked, 2);
assert.equal(openExports, 0);

server.close();
ordering.close();
await Promise.all([once(server, 'close'), once(ordering, 'close')]);
