import assert from 'node:assert/strict';
import { once as event } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { Pool } from 'pg';
import { z } from 'zod';
import { KeyReused, once, TABLES, type Answer, type Sent } from './once.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(TABLES);

type Db = Pick<Pool, 'query'>;

async function insertPayment(db: Db, owner: string, amount: number) {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO idempotency.payment (owner, amount)
     VALUES ($1, $2) RETURNING id`,
    [owner, amount],
  );
  assert(rows[0]);
  return rows[0].id;
}

// #region scope
const Key = z.string().regex(/^[\w-]{8,64}$/);
const Payment = z.strictObject({ amount: z.int().min(1), card: z.string() });

async function pay(db: Db, owner: string, input: z.infer<typeof Payment>) {
  const id = await insertPayment(db, owner, input.amount);
  const body = JSON.stringify({ id, owner, ...input });
  return { status: 201, headers: { Location: `/payments/${id}` }, body };
}

/** A cache of answers: whoever brings the key is given what lies there. */
const answers = new Map<string, Answer>();
const keyAlone = express.Router();
keyAlone.post('/payments', async (req, res) => {
  const key = Key.parse(req.get('Idempotency-Key'));
  const input = Payment.parse(req.body);
  const answer =
    answers.get(key) ?? (await pay(pool, String(res.locals.user), input));
  answers.set(key, answer);
  send(res, answer);
});

/** A key belongs to a user, and to the content it came with first. */
const keyAndScope = express.Router();
keyAndScope.post('/payments', async (req, res) => {
  const owner = String(res.locals.user);
  const key = Key.parse(req.get('Idempotency-Key'));
  const input = Payment.parse(req.body);
  // Parsed, so that a retry may write the same members in another order.
  const sent: Sent = { owner, key, content: ['POST /payments', input] };
  send(res, await once(pool, sent, (db) => pay(db, owner, input)));
});
// #endregion scope

function send(res: express.Response, { status, headers, body }: Answer) {
  res.status(status).set(headers).type('json').send(body);
}

const app = express();
app.use(express.json());
// Stands for the authentication: the key is never its replacement.
app.use((req, res, next) => {
  res.locals.user = req.get('authorization');
  next();
});
app.use('/keyAlone', keyAlone);
app.use('/keyAndScope', keyAndScope);
const reply: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  const isInvalid = error instanceof z.ZodError;
  const status = isInvalid ? 400 : error instanceof KeyReused ? 422 : 500;
  res.status(status).json({});
};
app.use(reply);
const server = app.listen(0);
await event(server, 'listening');
const { port } = server.address() as AddressInfo;

const Body = z.object({
  id: z.int(),
  owner: z.string(),
  amount: z.int(),
  card: z.string(),
});

async function ask(path: string, user: string, body: string) {
  const response = await fetch(`http://localhost:${port}/${path}/payments`, {
    method: 'POST',
    headers: {
      authorization: user,
      'content-type': 'application/json',
      'idempotency-key': 'order-17',
    },
    body,
  });
  const text = await response.text();
  if (!response.ok) return String(response.status);
  const { id, owner, amount, card } = Body.parse(JSON.parse(text));
  return `${response.status} #${id} ${owner} ${card} ${amount}`;
}

const PAYS_25 = '{"amount":25,"card":"4242"}';
const steps = [
  { name: 'ann pays 25', body: PAYS_25 },
  { name: 'ann retries', body: '{"card":"4242", "amount":25}' },
  { name: 'ann pays 70', body: '{"amount":70,"card":"4242"}' },
  { name: 'bob pays 25', body: '{"amount":25,"card":"5100"}' },
];
const expected = {
  keyAlone: Array<string>(4).fill('201 #1 ann 4242 25'),
  keyAndScope: [
    '201 #1 ann 4242 25',
    '201 #1 ann 4242 25',
    '422',
    '201 #2 bob 5100 25',
  ],
};

console.log('key: order-17  keyAlone            keyAndScope');
const found: string[][] = steps.map(({ name }) => [name]);
const paid: unknown[] = [];
for (const path of ['keyAlone', 'keyAndScope'] as const) {
  await pool.query('TRUNCATE idempotency.payment RESTART IDENTITY');
  for (const [i, { name, body }] of steps.entries()) {
    const answer = await ask(path, name.slice(0, 3), body);
    found[i]?.push(answer);
    assert.equal(answer, expected[path][i], `${path}: ${name}`);
  }
  const { rowCount } = await pool.query('SELECT FROM idempotency.payment');
  paid.push(rowCount);
}
found.push(['payments made', ...paid.map(String)]);
for (const [name = '', alone = '', scoped = ''] of found) {
  console.log(name.padEnd(14), alone.padEnd(19), scoped);
}
assert.deepEqual(paid, [1, 2]);

server.close();
await event(server, 'close');
await pool.query('DROP SCHEMA idempotency CASCADE');
await pool.end();
