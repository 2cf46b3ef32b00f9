import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { Pool } from 'pg';
import { z } from 'zod';
import { authenticId, signatureOf } from './verify.ts';

const secret = randomBytes(32);
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  DROP SCHEMA IF EXISTS webhooks CASCADE;
  CREATE SCHEMA webhooks;
  CREATE TABLE webhooks.event (
    id        text PRIMARY KEY,
    body      json NOT NULL,
    received  timestamptz NOT NULL DEFAULT now(),
    attempts  integer NOT NULL DEFAULT 0,
    fault     text,
    processed timestamptz
  );
  CREATE TABLE webhooks.shop_order (
    id      integer PRIMARY KEY,
    status  text NOT NULL,
    version integer NOT NULL
  );
  CREATE TABLE webhooks.parcel (order_id integer NOT NULL);`);

const Event = z.object({
  order: z.int(),
  status: z.string(),
  version: z.int(),
});
type Event = z.infer<typeof Event>;
type Db = Pick<Pool, 'query'>;

/** What may go wrong with the work: a fault, or that it takes too long. */
let faults = 0;
let slow: Promise<unknown> | undefined;
let onStart = () => {};
async function trouble() {
  onStart();
  await slow;
  if (faults > 0) throw new Error(`fault ${faults--}`);
}

const sendParcel = (db: Db, order: number) =>
  db.query('INSERT INTO webhooks.parcel VALUES ($1)', [order]);

const claim = (id: string, body: unknown) =>
  pool.query(
    `INSERT INTO webhooks.event (id, body) VALUES ($1, $2)
     ON CONFLICT (id) DO NOTHING`,
    [id, String(body)],
  );

// #region receivers
type Receive = (id: string, body: Buffer) => Promise<number>;

/** Does the work, then answers. */
const workThenAnswer: Receive = async (_id, body) => {
  const event = Event.parse(JSON.parse(body.toString()));
  await trouble();
  await pool.query(
    `INSERT INTO webhooks.shop_order VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET status = $2, version = $3`,
    [event.order, event.status, event.version],
  );
  if (event.status === 'paid') await sendParcel(pool, event.order);
  return 204;
};

/** Stores the id first, and takes what it has seen for done. */
const seenThenWork: Receive = async (id, body) => {
  const { rowCount } = await claim(id, body);
  if (rowCount === 0) return 204;
  return workThenAnswer(id, body);
};

/** Stores the event, and answers. The work is done by `workOff`. */
const storeThenAnswer: Receive = async (id, body) => {
  await claim(id, body);
  return 202;
};

/** One event: what it changes and its mark are committed, or neither. */
async function workOff(): Promise<boolean> {
  const client = await pool.connect();
  let id: string | undefined;
  try {
    await client.query('BEGIN');
    // SKIP LOCKED is for several workers; attempts put failures last.
    const { rows } = await client.query<{ id: string; body: unknown }>(
      `SELECT id, body FROM webhooks.event
       WHERE processed IS NULL AND attempts < 5
       ORDER BY attempts, received, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    id = rows[0]?.id;
    if (id) {
      await client.query(
        'UPDATE webhooks.event SET processed = now() WHERE id = $1',
        [id],
      );
      await trouble();
      await applyIfNewer(client, Event.parse(rows[0]?.body));
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    // Not this event's fault: whoever runs the worker is to hear of it.
    if (!id) throw error;
    await client.query(
      `UPDATE webhooks.event SET attempts = attempts + 1, fault = $2
       WHERE id = $1`,
      [id, String(error)],
    );
  } finally {
    client.release();
  }
  return id !== undefined;
}

/** Events overtake each other: an older one changes nothing. */
async function applyIfNewer(db: Db, { order, status, version }: Event) {
  const { rowCount } = await db.query(
    `INSERT INTO webhooks.shop_order AS known VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET status = $2, version = $3
     WHERE known.version < $3`,
    [order, status, version],
  );
  if (rowCount === 1 && status === 'paid') await sendParcel(db, order);
}
// #endregion receivers

let receive: Receive = workThenAnswer;
const running: Promise<number>[] = [];
const app = express();
app.post('/', express.raw({ type: 'application/json' }), async (req, res) => {
  const id = authenticId([secret], req.headers, req.body);
  if (!id) return void res.sendStatus(400);
  const received = receive(id, req.body as Buffer);
  running.push(received);
  res.sendStatus(await received);
});
const reply: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.sendStatus(500);
};
app.use(reply);
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** How many tries of the sender came to nothing. */
let unanswered = 0;

/** The sender: tries three times, until one is answered with 2xx. */
async function deliver(id: string, event: Event) {
  const body = Buffer.from(JSON.stringify(event));
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const patience = new AbortController();
    // It gives up when the slow work has begun: no clock that may be early.
    if (slow) onStart = () => patience.abort();
    const response = await fetch(`http://localhost:${port}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(secret, id, timestamp, body),
      },
      body,
      signal: patience.signal,
    }).catch(() => undefined);
    if (response?.ok) return;
    unanswered += 1;
  }
}

const PAID: Event = { order: 17, status: 'paid', version: 2 };
const REFUNDED: Event = { order: 17, status: 'refunded', version: 3 };
const cases: Record<string, () => Promise<void>> = {
  'sent once': () => deliver('evt_2', PAID),
  async 'sent twice'() {
    await deliver('evt_2', PAID);
    await deliver('evt_2', PAID);
  },
  async 'fault, first try'() {
    faults = 1;
    await deliver('evt_2', PAID);
  },
  async 'slower than sender'() {
    const { promise, resolve } = Promise.withResolvers<void>();
    slow = promise;
    await deliver('evt_2', PAID);
    resolve();
  },
  async 'older one last'() {
    await deliver('evt_3', REFUNDED);
    await deliver('evt_2', PAID);
  },
};

const ways = [workThenAnswer, seenThenWork, storeThenAnswer];
const expected: Record<string, string[]> = {
  'sent once': ['1 paid', '1 paid', '1 paid'],
  'sent twice': ['2 paid', '1 paid', '1 paid'],
  'fault, first try': ['1 paid', '0 -', '1 paid'],
  'slower than sender': ['3 paid', '1 paid', '1 paid'],
  'older one last': ['1 paid', '1 paid', '0 refunded'],
};
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell) => cell.padEnd(19))
      .join('')
      .trimEnd(),
  );
print('parcels, status', ...ways.map(({ name }) => name));

for (const [name, deliveries] of Object.entries(cases)) {
  const found: string[] = [];
  for (const way of ways) {
    await pool.query(
      'TRUNCATE webhooks.event, webhooks.shop_order, webhooks.parcel',
    );
    receive = way;
    slow = undefined;
    onStart = () => {};
    unanswered = 0;
    await deliveries();
    // Stored is answered, whatever becomes of the work.
    if (way === storeThenAnswer) assert.equal(unanswered, 0);
    await Promise.allSettled(running.splice(0));
    // The worker; here it starts when the sender is done.
    while (way === storeThenAnswer && (await workOff())) continue;
    const { rows } = await pool.query<{ parcels: string; status: string }>(
      `SELECT (SELECT count(*) FROM webhooks.parcel) AS parcels,
         coalesce((SELECT status FROM webhooks.shop_order), '-') AS status`,
    );
    found.push(`${rows[0]?.parcels} ${rows[0]?.status}`);
  }
  print(name, ...found);
  assert.deepEqual(found, expected[name]);
  // The last way's: every event is done, and a fault is on record.
  const { rows } = await pool.query<{ fault: string | null }>(
    `SELECT fault FROM webhooks.event
     WHERE processed IS NULL OR attempts > 0 OR fault IS NOT NULL`,
  );
  const faulty = name === 'fault, first try' ? ['Error: fault 1'] : [];
  assert.deepEqual(
    rows.map(({ fault }) => fault),
    faulty,
  );
}

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA webhooks CASCADE');
await pool.end();
