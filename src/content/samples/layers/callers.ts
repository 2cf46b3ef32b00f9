import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import { cancelOrder, type Actor, type Cancellation } from './orders.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS layers_service CASCADE;
  CREATE SCHEMA layers_service;
  CREATE TABLE layers_service.product (
    id    integer PRIMARY KEY,
    stock integer NOT NULL
  );
  CREATE TABLE layers_service.customer_order (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL,
    product_id  integer NOT NULL REFERENCES layers_service.product,
    quantity    integer NOT NULL,
    status      text NOT NULL
  );
`);

/** Commits what `work` did, or rolls all of it back and throws. */
async function transaction<T>(work: (tx: PoolClient) => Promise<T>) {
  const tx = await pool.connect();
  let broken: unknown;
  try {
    await tx.query('BEGIN');
    const result = await work(tx);
    await tx.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot roll back is not fit to be used again.
    await tx.query('ROLLBACK').catch((fault: unknown) => (broken = fault));
    throw error;
  } finally {
    tx.release(Boolean(broken));
  }
}

/** Stands for a session: it says who calls, and nothing else. */
const callerOf = (req: Request): Actor => ({
  kind: 'customer',
  id: Number(req.get('x-customer-id')),
});

const app = express();

// #region callers
const Params = z.object({
  id: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
});

const STATUS = {
  cancelled: 204,
  'too late': 409,
  'not found': 404,
} as const satisfies Record<Cancellation, number>;

/** HTTP: parse, call, map. A new outcome without a status won't compile. */
app.post('/orders/:id/cancel', async (req, res) => {
  const params = Params.safeParse(req.params);
  if (!params.success) return void res.sendStatus(404);
  const outcome = await transaction((tx) =>
    cancelOrder(tx, callerOf(req), params.data.id),
  );
  res.sendStatus(STATUS[outcome]);
});

/** A job: each order in a transaction of its own, so one may fail. */
async function cancelUnpaid(ids: number[]) {
  const outcomes: Cancellation[] = [];
  for (const id of ids) {
    outcomes.push(
      await transaction((tx) => cancelOrder(tx, { kind: 'shop' }, id)),
    );
  }
  return outcomes;
}

/** A test: no server, no port, and nothing is left behind. */
async function tested(actor: Actor, id: number) {
  const tx = await pool.connect();
  try {
    await tx.query('BEGIN');
    return await cancelOrder(tx, actor, id);
  } finally {
    await tx.query('ROLLBACK').finally(() => tx.release());
  }
}
// #endregion callers

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const ANN = 7;
const ways = {
  async http(id: number) {
    const url = `http://localhost:${port}/orders/${id}/cancel`;
    const headers = { 'x-customer-id': String(ANN) };
    return String((await fetch(url, { method: 'POST', headers })).status);
  },
  job: async (id: number) => (await cancelUnpaid([id])).join(),
  test: (id: number) => tested({ kind: 'customer', id: ANN }, id),
};

const cases: [string, number, Record<keyof typeof ways, string>][] = [
  [
    'pending',
    1,
    {
      http: '204, stock 12',
      job: 'cancelled, stock 12',
      test: 'cancelled, stock 10',
    },
  ],
  [
    'shipped',
    2,
    {
      http: '409, stock 10',
      job: 'too late, stock 10',
      test: 'too late, stock 10',
    },
  ],
  [
    'cancelled',
    3,
    {
      http: '204, stock 10',
      job: 'cancelled, stock 10',
      test: 'cancelled, stock 10',
    },
  ],
  [
    "Bob's",
    4,
    {
      http: '404, stock 10',
      job: 'cancelled, stock 12',
      test: 'not found, stock 10',
    },
  ],
  [
    'unknown',
    5,
    {
      http: '404, stock 10',
      job: 'not found, stock 10',
      test: 'not found, stock 10',
    },
  ],
];
console.log('order      over HTTP      in the job           in a test');
for (const [name, id, expected] of cases) {
  const seen: Record<string, string> = {};
  for (const [caller, way] of Object.entries(ways)) {
    await pool.query(`
      TRUNCATE layers_service.product, layers_service.customer_order;
      INSERT INTO layers_service.product VALUES (1, 10);
      INSERT INTO layers_service.customer_order VALUES
        (1, ${ANN}, 1, 2, 'PENDING'), (2, ${ANN}, 1, 2, 'SHIPPED'),
        (3, ${ANN}, 1, 2, 'CANCELLED'), (4, 8, 1, 2, 'PENDING');
    `);
    const answer = await way(id);
    const { rows } = await pool.query<{ stock: number }>(
      'SELECT stock FROM layers_service.product',
    );
    seen[caller] = `${answer}, stock ${rows[0]?.stock}`;
  }
  const { http = '', job = '', test = '' } = seen;
  console.log(name.padEnd(10), http.padEnd(14), job.padEnd(20), test);
  assert.deepEqual(seen, expected);
}

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA layers_service CASCADE');
await pool.end();
