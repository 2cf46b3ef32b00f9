import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import express from 'express';

/** A carrier that refuses p3 at once; the others take until `done`. */
const carrier = express();
const round = { expected: 0, arrived: 0, bought: 0 };
const events = new EventEmitter();

carrier.post('/parcels/:id', async (req, res) => {
  const ending = once(events, 'done');
  round.arrived += 1;
  if (round.arrived === round.expected) events.emit('all here');
  if (req.params.id === 'p3') {
    if (round.arrived < round.expected) await once(events, 'all here');
    res.status(422).json({});
    return;
  }
  await ending;
  round.bought += 1;
  events.emit('bought');
  res.json(`label of ${req.params.id}`);
});
const server = carrier.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** Buys one label. */
async function buy(id: string): Promise<string> {
  const url = `http://localhost:${port}/parcels/${id}`;
  const response = await fetch(url, { method: 'POST' });
  if (response.ok) return (await response.json()) as string;
  events.emit('refused');
  throw new Error(`${id} refused`);
}

// #region all
/** Rejects with the first error; what the others return is dropped. */
async function byAll(ids: string[], held: Map<string, string>) {
  const labels = await Promise.all(ids.map(buy));
  for (const [at, id] of ids.entries()) held.set(id, labels[at] ?? '');
}

/** Waits for every one, keeps what succeeded, and then reports. */
async function byAllSettled(ids: string[], held: Map<string, string>) {
  const settled = await Promise.allSettled(ids.map(buy));
  const errors: unknown[] = [];
  for (const [at, id] of ids.entries()) {
    const result = settled[at];
    if (result?.status === 'fulfilled') held.set(id, result.value);
    else errors.push(result?.reason);
  }
  if (errors.length > 0) throw new AggregateError(errors, 'not all shipped');
}

/** Two attempts; the second is made for what is not held yet. */
async function ship(ids: string[], by: typeof byAll) {
  const held = new Map<string, string>();
  const attempts = [];
  for (const _ of [1, 2]) {
    const missing = ids.filter((id) => !held.has(id));
    attempts.push(await attempt(() => by(missing, held), missing.length));
  }
  return { held, attempts };
}
// #endregion all

/** Lets p3 be refused, looks, and only then lets the carrier go on. */
async function attempt(work: () => Promise<void>, expected: number) {
  Object.assign(round, { expected, arrived: 0 });
  const refused = once(events, 'refused');
  let isOver = false;
  let error: unknown;
  const ended = work()
    .catch((reason: unknown) => (error = reason))
    .finally(() => (isOver = true));
  await refused;
  await turn();
  const isOverEarly = isOver;
  events.emit('done');
  await ended;
  assert(error instanceof Error); // neither way hides that p3 is missing
  return { asked: expected, isOverEarly };
}

console.log('              asked for  held  paid for  failed');
for (const by of [byAll, byAllSettled]) {
  round.bought = 0;
  const ids = ['p1', 'p2', 'p3', 'p4', 'p5'];
  const { held, attempts } = await ship(ids, by);
  const isBad = by === byAll;
  const due = isBad ? 8 : 4;
  // The answers of the first attempt may still be on their way.
  while (round.bought < due) await once(events, 'bought');
  const [first, second] = attempts;
  console.log(
    by.name.padEnd(13),
    `${first?.asked}, then ${second?.asked}`.padEnd(10),
    String(held.size).padEnd(5),
    String(round.bought).padEnd(9),
    first?.isOverEarly ? 'while the others ran' : 'after the others',
  );
  assert.equal(first?.isOverEarly, isBad);
  assert.equal(held.size, isBad ? 0 : 4);
  assert.equal(round.bought, due);
  assert.deepEqual(
    attempts.map(({ asked }) => asked),
    isBad ? [5, 5] : [5, 1],
  );
}

server.close();
await once(server, 'close');
