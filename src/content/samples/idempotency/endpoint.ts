import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once as event } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import { KeyReused, once, TABLES, type Answer } from './once.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`${TABLES}
  CREATE TABLE idempotency.card (owner text PRIMARY KEY, credit int NOT NULL);
  INSERT INTO idempotency.card VALUES ('ann', 100);`);

/** How often a payment fails after it was written: a bug, for a moment. */
let faults = 0;

// #region endpoint
// The draft puts a key in quotes, most APIs do not: it is the same key. Two
// headers arrive joined by a comma and a space, and are refused.
const Key = z
  .string()
  .regex(/^("?)[\w-]{16,64}\1$/)
  .transform((text) => text.replaceAll('"', ''));
const Payment = z.strictObject({ amount: z.int().min(1).max(1_000_000) });

async function pay(db: PoolClient, owner: string, amount: number) {
  const { rowCount } = await db.query(
    `UPDATE idempotency.card SET credit = credit - $2
     WHERE owner = $1 AND credit >= $2`,
    [owner, amount],
  );
  // A decision, which a retry must not turn round: returned, so it is stored.
  if (rowCount === 0) return answer(402, { title: 'Declined' });
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO idempotency.payment (owner, amount)
     VALUES ($1, $2) RETURNING id`,
    [owner, amount],
  );
  // A fault decides nothing: thrown, so all of it is rolled back.
  if (faults > 0) throw new Error(`fault ${faults--}`);
  return answer(201, { id: rows[0]?.id }, `/payments/${rows[0]?.id}`);
}

const app = express();
app.post('/payments', express.json(), async (req, res) => {
  const owner = String(res.locals.user);
  const key = Key.parse(req.get('Idempotency-Key'));
  // What is refused here has used no key, and may be sent again corrected.
  const input = Payment.parse(req.body);
  const content = ['POST /payments', input];
  const { status, headers, body } = await once(
    pool,
    { owner, key, content },
    (db) => pay(db, owner, input.amount),
  );
  res.status(status).set(headers).send(body);
});
// #endregion endpoint

function answer(status: number, body: object, location?: string): Answer {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  const headers = {
    'Content-Type': type,
    ...(location ? { Location: location } : {}),
  };
  return { status, headers, body: JSON.stringify(body) };
}

const reply: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  const isInvalid = error instanceof z.ZodError;
  const status = isInvalid ? 400 : error instanceof KeyReused ? 422 : 500;
  const title = STATUS_CODES[status];
  res.status(status).type('application/problem+json').json({ title, status });
};
const outer = express();
// Stands for the authentication.
outer.use((_req, res, next) => {
  res.locals.user = 'ann';
  next();
});
outer.use(app, reply);
const server = outer.listen(0);
await event(server, 'listening');
const { port } = server.address() as AddressInfo;

async function send(amount: number, ...keys: string[]) {
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const key of keys) headers.append('idempotency-key', key);
  const response = await fetch(`http://localhost:${port}/payments`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ amount }),
  });
  const location = response.headers.get('location') ?? '';
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    location,
    type,
    body: await response.text(),
  };
}

const payments = async () =>
  (await pool.query('SELECT FROM idempotency.payment')).rowCount;

/** Sends, prints, and compares with what is expected. */
async function expect(
  what: string,
  status: number,
  count: number,
  sent: Promise<Awaited<ReturnType<typeof send>>>,
) {
  const found = await sent;
  const paid = await payments();
  console.log(what.padEnd(27), found.status, found.location.padEnd(11), paid);
  assert.deepEqual([found.status, paid], [status, count], what);
  return found;
}

console.log('request'.padEnd(27), 'answer'.padEnd(15), 'payments');
const key = randomUUID();
await expect('no key', 400, 0, send(25));
await expect('a key of 8 characters', 400, 0, send(25, key.slice(0, 8)));
await expect('two keys', 400, 0, send(25, key, key));
await expect('amount 0', 400, 0, send(0, key));
const first = await expect('corrected, same key', 201, 1, send(25, key));
const retry = await expect('retry', 201, 1, send(25, key));
assert.deepEqual(retry, first);
const quoted = await expect(
  'retry, key in quotes',
  201,
  1,
  send(25, `"${key}"`),
);
assert.deepEqual(quoted, first);
await expect('other amount, same key', 422, 1, send(26, key));

const dear = randomUUID();
await expect('amount over the credit', 402, 1, send(500, dear));
await pool.query('UPDATE idempotency.card SET credit = 1000');
const again = await expect('retry, with more credit', 402, 1, send(500, dear));
assert.equal(again.body, '{"title":"Declined"}');
assert.match(again.type, /^application\/problem\+json/);
await expect('new key', 201, 2, send(500, randomUUID()));

const unlucky = randomUUID();
faults = 1;
await expect('fault after the payment', 500, 2, send(25, unlucky));
await expect('retry', 201, 3, send(25, unlucky));
await expect('retry', 201, 3, send(25, unlucky));

// What a job does with the keys of yesterday.
await pool.query('DELETE FROM idempotency.request');
await expect('retry after key was deleted', 201, 4, send(25, unlucky));

server.close();
await event(server, 'close');
await pool.query('DROP SCHEMA idempotency CASCADE');
await pool.end();
