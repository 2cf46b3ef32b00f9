import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once as event } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type ErrorRequestHandler } from 'express';
import { Client, DatabaseError, Pool, type PoolClient } from 'pg';
import { once, TABLES, type Answer, type Sent } from './once.ts';

const REQUESTS = 20;
const config = {
  connectionString: process.env.DATABASE_URL,
  application_name: 'payments',
  max: REQUESTS,
};
const pool = new Pool(config);
/** Its statements give up a lock that they wait for after a moment. */
const impatient = new Pool({ ...config, lock_timeout: 100 });
const observer = new Client({ connectionString: config.connectionString });
await observer.connect();
await observer.query(TABLES);

const answerOf = (id: number): Answer => ({
  status: 201,
  headers: { Location: `/payments/${id}` },
  body: JSON.stringify({ id }),
});

/** The effect that must be single: here one row, in real life money. */
async function pay(db: Pool | PoolClient, { owner }: Sent): Promise<Answer> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO idempotency.payment (owner, amount)
     VALUES ($1, 25) RETURNING id`,
    [owner],
  );
  assert(rows[0]);
  return answerOf(rows[0].id);
}

// #region ways
/** `others` resolves when all other requests are as far as they get. */
type Way = (
  sent: Sent,
  others: (db?: PoolClient) => Promise<void>,
) => Promise<Answer>;

/** The client's retries carry a key, and nobody looks at it. */
const noKey: Way = (sent) => pay(pool, sent);

/** Looks whether the key is known; pays; stores the key. */
const lookThenInsert: Way = async (sent, others) => {
  const known = await pool.query<Answer>(
    `SELECT status, headers, body FROM idempotency.request
     WHERE owner = $1 AND key = $2`,
    [sent.owner, sent.key],
  );
  if (known.rows[0]) return known.rows[0];
  await others();
  const answer = await pay(pool, sent);
  await pool.query(
    `INSERT INTO idempotency.request
       (owner, key, fingerprint, status, headers, body)
     VALUES ($1, $2, '', $3, $4, $5)`,
    [sent.owner, sent.key, answer.status, answer.headers, answer.body],
  );
  return answer;
};

/** Inserts the key, pays and stores the answer, in one transaction. */
const keyFirst =
  (db: Pool): Way =>
  (sent, others) =>
    once(db, sent, async (tx) => {
      await others(tx);
      return pay(tx, sent);
    });
// #endregion ways

/** Waits until `count` sessions wait for a lock; 30 seconds at most. */
async function waiting(count: number): Promise<void> {
  for (let tries = 0; tries < 3_000; tries += 1) {
    const { rowCount } = await observer.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'payments'
       AND wait_event_type = 'Lock'`,
    );
    if (rowCount === count) return;
    await sleep(10);
  }
  throw new Error(`never ${count} sessions waited`);
}

const killed = async (db?: PoolClient) => {
  const { rows } = (await db?.query<{ pid: number }>(
    'SELECT pg_backend_pid() AS pid',
  )) ?? { rows: [] };
  await waiting(REQUESTS - 1);
  await observer.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
};

let way: Way = noKey;
let arrived = 0;
let answered = 0;
let gate: (db?: PoolClient) => Promise<void> = async () => {};

const app = express();
app.use(express.json());
app.post('/payments', async (req, res) => {
  const key = req.get('idempotency-key') ?? '';
  const sent = { owner: 'ann', key, content: req.body as unknown };
  const { status, headers, body } = await way(sent, gate);
  res.status(status).set(headers).type('json').send(body);
});
const reply: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  const isBusy = error instanceof DatabaseError && error.code === '55P03';
  if (isBusy) res.set('Retry-After', '1');
  res.status(isBusy ? 409 : 500).json({});
};
app.use(reply);
const server = app.listen(0);
await event(server, 'listening');
const { port } = server.address() as AddressInfo;

async function send(key: string) {
  const response = await fetch(`http://localhost:${port}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: '{"amount":25}',
  });
  const body = await response.text();
  answered += 1;
  return { status: response.status, body };
}

const payments = async () =>
  (await observer.query('SELECT FROM idempotency.payment')).rowCount ?? 0;

/** Sends the same request twenty times at once, and counts. */
async function race(key: string) {
  answered = arrived = 0;
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, () => send(key)),
  );
  const count = (status: number) =>
    answers.filter((answer) => answer.status === status).length;
  const created = answers.filter(({ status }) => status === 201);
  const bodies = new Set(created.map(({ body }) => body));
  return {
    created: count(201),
    conflict: count(409),
    failed: count(500),
    bodies: bodies.size,
    payments: await payments(),
  };
}

/** Each in turn waits until all twenty are here. */
const allLooked = async () => {
  arrived += 1;
  while (arrived < REQUESTS) await sleep(5);
};
/** The first one holds its key until the others wait for it. */
const othersWait = () => waiting(REQUESTS - 1);
const othersAnswered = async () => {
  while (answered < REQUESTS - 1) await sleep(5);
};

type Row = [string, Way, typeof gate, ...number[]];
const rows: Row[] = [
  ['noKey', noKey, gate, 20, 0, 0, 20, 20],
  ['lookThenInsert', lookThenInsert, allLooked, 1, 0, 19, 1, 20],
  ['keyFirst', keyFirst(pool), othersWait, 20, 0, 0, 1, 1],
  ['  first one killed', keyFirst(pool), killed, 19, 0, 1, 1, 1],
  ['  lock_timeout', keyFirst(impatient), othersAnswered, 1, 19, 0, 1, 1],
];
const WIDTHS = [4, 4, 4, 7, 9];
const print = (name: string, cells: unknown[]) =>
  console.log(
    name.padEnd(20),
    ...cells.map((cell, i) => String(cell).padStart(WIDTHS[i] ?? 0)),
  );
print('20 requests at once', ['201', '409', '500', 'bodies', 'payments']);
for (const [name, chosen, opening, ...expected] of rows) {
  await observer.query(
    'TRUNCATE idempotency.request, idempotency.payment RESTART IDENTITY',
  );
  way = chosen;
  let first = true;
  gate = async (db) => {
    const mine = first;
    first = false;
    if (mine || opening === allLooked) await opening(db);
  };
  const key = randomUUID();
  const seen = Object.values(await race(key));
  print(name, seen);
  assert.deepEqual(seen, expected, name);
  if (way === noKey) continue;
  // One at a time, each way answers from what it has stored.
  const repeated = Object.values(await race(key));
  if (opening === othersAnswered) print('  all sent again', repeated);
  assert.deepEqual(repeated, [20, 0, 0, 1, expected.at(-1)]);
}

// READ COMMITTED is part of the recipe: with a snapshot that is older than the
// key, PostgreSQL may neither insert it nor show it.
const [ann, late] = [await pool.connect(), await pool.connect()];
const insert = `INSERT INTO idempotency.request (owner, key, fingerprint)
  VALUES ('ann', 'k', '') ON CONFLICT (owner, key) DO NOTHING`;
await late.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
await ann.query(insert);
const refusal: unknown = await late
  .query(insert)
  .catch((error: unknown) => error);
assert(refusal instanceof DatabaseError);
assert.equal(refusal.code, '40001');
console.log('REPEATABLE READ'.padEnd(20), refusal.code);
await late.query('ROLLBACK');
for (const client of [ann, late]) client.release();

server.close();
await event(server, 'close');
for (const db of [pool, impatient, observer]) await db.end();
