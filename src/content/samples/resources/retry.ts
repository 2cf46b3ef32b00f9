import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { Pool } from 'pg';
import { z } from 'zod';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));

/** Three orders of Ann's, and ten nuts in stock. */
async function startAgain() {
  await pool.query(`
    DROP SCHEMA IF EXISTS resources_retry CASCADE;
    CREATE SCHEMA resources_retry;
    CREATE TABLE resources_retry.purchase (
      id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      customer text NOT NULL,
      item     text NOT NULL,
      number   int GENERATED ALWAYS AS IDENTITY
    );
    CREATE TABLE resources_retry.product (
      id    text PRIMARY KEY,
      stock int NOT NULL
    );
    INSERT INTO resources_retry.product VALUES ('nut', 10);
    INSERT INTO resources_retry.purchase (customer, item)
    SELECT 'ann', 'nut' FROM generate_series(1, 3);
  `);
}

const Order = z.strictObject({ item: z.string().max(40) });
const OrderId = z.object({ id: z.uuid() });
const ProductId = z.object({ id: z.string().max(40) });
const Amount = z.int().min(0).max(1_000_000);

const app = express();
app.use(express.json());
/** Stands for authentication: the header is believed. */
const customerOf = (req: express.Request) => req.get('x-customer') ?? '';

// #region routes
// Each request says what shall happen once more.
app.post('/orders', async (req, res) => {
  const { item } = Order.parse(req.body);
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO resources_retry.purchase (customer, item)
     VALUES ($1, $2) RETURNING id`,
    [customerOf(req), item],
  );
  res.status(201).location(`/orders/${rows[0]?.id}`).end();
});

app.delete('/orders/newest', async (req, res) => {
  await pool.query(
    `DELETE FROM resources_retry.purchase WHERE number = (
       SELECT max(number) FROM resources_retry.purchase WHERE customer = $1)`,
    [customerOf(req)],
  );
  res.status(204).end();
});

app.patch('/products/:id/add', async (req, res) => {
  const { add } = z.strictObject({ add: Amount }).parse(req.body);
  const { rowCount } = await pool.query(
    'UPDATE resources_retry.product SET stock = stock + $2 WHERE id = $1',
    [ProductId.parse(req.params).id, add],
  );
  res.status(rowCount ? 204 : 404).end();
});

// Each request says what shall be the case afterwards.
app.put('/orders/:id', async (req, res) => {
  const { item } = Order.parse(req.body);
  // The client chose the id: a stranger's row must not be its to replace.
  const { rows } = await pool.query<{ created: boolean }>(
    `INSERT INTO resources_retry.purchase AS p (id, customer, item)
     VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET item = excluded.item
       WHERE p.customer = excluded.customer
     RETURNING old.id IS NULL AS created`,
    [OrderId.parse(req.params).id, customerOf(req), item],
  );
  if (!rows[0]) res.status(404).end();
  else res.status(rows[0].created ? 201 : 204).end();
});

app.delete('/orders/:id', async (req, res) => {
  await pool.query(
    'DELETE FROM resources_retry.purchase WHERE id = $1 AND customer = $2',
    [OrderId.parse(req.params).id, customerOf(req)],
  );
  // Gone is what was asked for, whoever made it so.
  res.status(204).end();
});

app.patch('/products/:id', async (req, res) => {
  const { stock } = z.strictObject({ stock: Amount }).parse(req.body);
  const { rowCount } = await pool.query(
    'UPDATE resources_retry.product SET stock = $2 WHERE id = $1',
    [ProductId.parse(req.params).id, stock],
  );
  res.status(rowCount ? 204 : 404).end();
});
// #endregion routes

const lastResort: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  if (error instanceof z.ZodError) return void res.status(400).end();
  console.error(error);
  res.status(500).end();
};
app.use(lastResort);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function send(request: string, body?: object, customer = 'ann') {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-customer': customer },
    body: body ? JSON.stringify(body) : null,
  });
  await response.text();
  return response.status;
}

async function state() {
  const { rows } = await pool.query<{ orders: number; stock: number }>(`
    SELECT (SELECT count(*)::int FROM resources_retry.purchase) AS orders,
           (SELECT stock FROM resources_retry.product) AS stock`);
  return `${rows[0]?.orders} orders, ${rows[0]?.stock} nuts`;
}

const mine = crypto.randomUUID();
const requests: [string, body: object | undefined, afterOne: string][] = [
  ['POST /orders', { item: 'nut' }, '4 orders, 10 nuts'],
  ['DELETE /orders/newest', undefined, '2 orders, 10 nuts'],
  ['PATCH /products/nut/add', { add: 5 }, '3 orders, 15 nuts'],
  ['PUT /orders/:mine', { item: 'nut' }, '4 orders, 10 nuts'],
  ['DELETE /orders/:first', undefined, '2 orders, 10 nuts'],
  ['PATCH /products/nut', { stock: 15 }, '3 orders, 15 nuts'],
];
console.log('3 orders, 10 nuts, then   answers  after one          after two');
const changedTwice: string[] = [];
for (const [request, body, afterOne] of requests) {
  await startAgain();
  const { rows } = await pool.query<{ id: string }>(
    'SELECT id FROM resources_retry.purchase ORDER BY number LIMIT 1',
  );
  const url = request
    .replace(':mine', mine)
    .replace(':first', rows[0]?.id ?? '');
  const first = await send(url, body);
  const one = await state();
  // The server has acted, and the answer is lost: the client asks again.
  const second = await send(url, body);
  const two = await state();
  console.log(
    request.padEnd(25),
    `${first} ${second}`.padEnd(8),
    one.padEnd(18),
    two,
  );
  assert.equal(one, afterOne);
  if (one !== two) changedTwice.push(request);
}
console.log(`${changedTwice.length} of ${requests.length} took effect twice`);
assert.deepEqual(changedTwice, [
  'POST /orders',
  'DELETE /orders/newest',
  'PATCH /products/nut/add',
]);

// An id that a client may choose is an id that a stranger may choose.
await startAgain();
assert.equal(await send(`PUT /orders/${mine}`, { item: 'nut' }), 201);
const theft = await send(`PUT /orders/${mine}`, { item: 'bolt' }, 'bob');
const { rows } = await pool.query<{ customer: string; item: string }>(
  'SELECT customer, item FROM resources_retry.purchase WHERE id = $1',
  [mine],
);
console.log(`Bob PUTs to Ann's id: ${theft}, her order is ${rows[0]?.item}`);
assert.equal(theft, 404);
assert.deepEqual(rows, [{ customer: 'ann', item: 'nut' }]);
assert.equal(await send(`DELETE /orders/${mine}`, undefined, 'bob'), 204);
assert.equal(await state(), '4 orders, 10 nuts');

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA resources_retry CASCADE');
await pool.end();
