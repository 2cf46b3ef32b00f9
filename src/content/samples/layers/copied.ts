import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';
import { z } from 'zod';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS layers_copied CASCADE;
  CREATE SCHEMA layers_copied;
  CREATE TABLE layers_copied.product (
    id    integer PRIMARY KEY,
    stock integer NOT NULL
  );
  CREATE TABLE layers_copied.customer_order (
    id         integer PRIMARY KEY,
    product_id integer NOT NULL REFERENCES layers_copied.product,
    quantity   integer NOT NULL,
    status     text NOT NULL
  );
`);

const Params = z.object({ id: z.string().regex(/^\d{1,9}$/) });

const app = express();

// #region copied
/** The rule lives here, and has learned two things since its first day. */
app.post('/orders/:id/cancel', async (req, res) => {
  const params = Params.safeParse(req.params);
  if (!params.success) return void res.sendStatus(404);
  const { rowCount } = await pool.query(
    `WITH gone AS (
       UPDATE layers_copied.customer_order SET status = 'CANCELLED'
       WHERE id = $1 AND status = 'PENDING' -- not what was shipped
       RETURNING product_id, quantity
     )
     UPDATE layers_copied.product -- and what was taken goes back
     SET stock = stock + gone.quantity
     FROM gone WHERE product.id = gone.product_id`,
    [params.data.id],
  );
  res.sendStatus(rowCount === 1 ? 204 : 409);
});

/** Runs at night. It cannot call a handler, so it has its own copy. */
async function cancelUnpaid(ids: number[]) {
  await pool.query(
    `UPDATE layers_copied.customer_order SET status = 'CANCELLED'
     WHERE id = ANY ($1)`,
    [ids],
  );
}
// #endregion copied

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function overHttp(id: number): Promise<string> {
  const url = `http://localhost:${port}/orders/${id}/cancel`;
  return String((await fetch(url, { method: 'POST' })).status);
}

async function inTheJob(id: number): Promise<string> {
  await cancelUnpaid([id]);
  return 'done';
}

type State = { status: string; stock: number };

console.log(
  'order 1 is PENDING, order 2 SHIPPED; 10 in stock, 2 in each order',
);
console.log('           order  answer  status     stock');
const expected: [string, State][][] = [
  [
    ['204', { status: 'CANCELLED', stock: 12 }],
    ['409', { status: 'SHIPPED', stock: 10 }],
  ],
  [
    ['done', { status: 'CANCELLED', stock: 10 }],
    ['done', { status: 'CANCELLED', stock: 10 }],
  ],
];
for (const [row, way] of [overHttp, inTheJob].entries()) {
  for (const [column, id] of [1, 2].entries()) {
    await pool.query(`
      TRUNCATE layers_copied.product, layers_copied.customer_order;
      INSERT INTO layers_copied.product VALUES (1, 10);
      INSERT INTO layers_copied.customer_order
      VALUES (1, 1, 2, 'PENDING'), (2, 1, 2, 'SHIPPED');
    `);
    const answer = await way(id);
    const { rows } = await pool.query<State>(
      `SELECT status, stock
       FROM layers_copied.customer_order AS o
       JOIN layers_copied.product AS p ON p.id = o.product_id
       WHERE o.id = $1`,
      [id],
    );
    const [state] = rows;
    assert(state);
    console.log(
      way.name.padEnd(10),
      String(id).padEnd(6),
      answer.padEnd(7),
      state.status.padEnd(10),
      state.stock,
    );
    assert.deepEqual([answer, state], expected[row]?.[column]);
  }
}

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA layers_copied CASCADE');
await pool.end();
