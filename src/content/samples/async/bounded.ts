import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import express from 'express';

/** A service that works on four requests at a time, and refuses a fifth. */
const CAPACITY = 4;
const service = express();
const events = new EventEmitter().setMaxListeners(50);
const nothing = { sent: 0, arrived: 0, slowIsHere: false, inWork: 0 };
const seen = { ...nothing, answered: 0, served: 0 };

service.get('/thumbnail/:id', async (req, res) => {
  seen.arrived += 1;
  if (req.params.id === '0') seen.slowIsHere = true;
  events.emit('arrived');
  while (!seen.slowIsHere) await once(events, 'arrived');
  if (seen.inWork === CAPACITY) {
    res.status(429).json({});
    return;
  }
  seen.inWork += 1;
  // Nobody is answered while a request of the same burst is on its way.
  while (seen.arrived < seen.sent) await once(events, 'arrived');
  if (req.params.id === '0') await once(events, 'slow one');
  seen.inWork -= 1;
  res.json({ id: req.params.id });
});
const server = service.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function thumbnail(id: number): Promise<boolean> {
  seen.sent += 1;
  const response = await fetch(`http://localhost:${port}/thumbnail/${id}`);
  await response.text();
  seen.answered += 1;
  if (response.ok) seen.served += 1;
  return response.ok;
}

// #region bounded
/** As many at once as the list is long. */
function allAtOnce<T, R>(items: T[], work: (item: T) => Promise<R>) {
  return Promise.all(items.map(work));
}

/** Four, then the next four: each batch waits for its slowest. */
async function inBatches<T, R>(items: T[], work: (item: T) => Promise<R>) {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += 4) {
    const batch = items.slice(at, at + 4);
    results.push(...(await Promise.all(batch.map(work))));
  }
  return results;
}

/**
 * Workers take items from one list until it is empty. The results are in
 * the order of the items. After a failure no further item is begun, and it
 * rejects once those that had begun have ended.
 */
async function byWorkers<T, R>(
  items: T[],
  work: (item: T) => Promise<R>,
  limit = 4,
) {
  const results: R[] = [];
  const errors: unknown[] = [];
  const queue = items.entries();
  async function worker() {
    for (const [at, item] of queue) {
      if (errors.length > 0) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        errors.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, worker));
  if (errors.length > 0) throw errors[0];
  return results;
}
// #endregion bounded

/** Twenty thumbnails, of which number 0 is slower than all the others. */
async function trial(way: typeof byWorkers) {
  Object.assign(seen, nothing, { answered: 0, served: 0 });
  const ids = Array.from({ length: 20 }, (_, id) => id);
  const answer = way(ids, thumbnail);
  const burst = seen.sent;
  // Number 0 is answered when nothing else is under way any more.
  for (let quiet = 0; quiet < 3; await turn()) {
    quiet = seen.answered === seen.sent - 1 ? quiet + 1 : 0;
  }
  const beside = seen.served;
  events.emit('slow one');
  const served = (await answer).filter(Boolean).length;
  return { burst, beside, served, refused: 20 - served };
}

console.log('           sent at once  refused  served beside the slow one');
for (const way of [allAtOnce, inBatches, byWorkers]) {
  const { burst, beside, served, refused } = await trial(way);
  const cells = [way.name.padEnd(10), String(burst).padEnd(13)];
  console.log(...cells, String(refused).padEnd(8), beside);
  assert.equal(burst, way === allAtOnce ? 20 : 4);
  assert.equal(served, way === allAtOnce ? 4 : 20);
  assert.equal(beside, way === byWorkers ? 19 : 3);
}

// After a failure nothing new begins, and nothing is left running.
let begun = 0;
let ended = 0;
const failing = byWorkers(['a', 'b', 'c', 'd', 'e', 'f'], async (item) => {
  begun += 1;
  if (item === 'b') throw new Error(`${item} failed`);
  await turn();
  ended += 1;
  return item;
});
await assert.rejects(failing, /b failed/);
assert.deepEqual({ begun, ended }, { begun: 4, ended: 3 });
const inOrder = await byWorkers([30, 5, 1, 2, 3], async (turns) => {
  for (let at = 0; at < turns; at += 1) await turn();
  return turns;
});
assert.deepEqual(inOrder, [30, 5, 1, 2, 3]);

server.close();
await once(server, 'close');
