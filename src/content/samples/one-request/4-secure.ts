import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type Express } from 'express';
import { PrismaClient } from '../prisma/client/client.ts';
import { apiOn } from './api.ts';
import { clear, restock, seed } from './seed.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await clear(db);
const tokens = await seed(db);

// #region secure
/** Routes that do what they are for, and trust whoever asks. */
function trusting() {
  const app = express().use(express.json({ limit: '50mb' }));
  type Body = { priceCents?: number; lines: { sku: string }[] };

  app.get('/:org/orders/:id', async (req, res) => {
    const { id } = req.params;
    res.json(await db.order.findUnique({ where: { id } }));
  });
  app.put('/:org/orders/:id', async (req, res) => {
    const { lines, priceCents } = req.body as Body;
    const organisation = { slug: req.params.org };
    const sku = lines[0]?.sku ?? '';
    const product = await db.product.findFirst({
      where: { organisation, sku },
    });
    const order = await db.order.create({
      data: {
        id: req.params.id,
        organisation: { connect: organisation },
        customer: { connect: { email: String(req.get('x-user')) } },
        totalCents: priceCents ?? product!.priceCents,
      },
    });
    res.status(201).json(order);
  });
  app.patch('/:org/products/:sku', async (req, res) => {
    const { org: slug, sku } = req.params;
    await db.product.updateMany({
      where: { organisation: { slug }, sku },
      data: req.body as object,
    });
    res.sendStatus(204);
  });
  return app;
}
// #endregion secure

type Send = (
  who: string,
  method: string,
  path: string,
  body?: object,
) => Promise<number>;

const order = { lines: [{ sku: 'tea', quantity: 1 }] };
const mine = '/acme/orders/00000000-0000-4000-8000-000000000001';
const fresh = () => `/acme/orders/${randomUUID()}`;
const tea = '/acme/products/tea';

const attacks: Record<string, (send: Send) => Promise<number>> = {
  'read without a session': (send) => send('nobody', 'GET', mine),
  'read by a colleague': (send) => send('bob', 'GET', mine),
  'read by another shop': (send) => send('dora', 'GET', mine),
  'read in a session that ended': (send) => send('ended', 'GET', mine),
  'order at a price of one cent': (send) =>
    send('ann', 'PUT', fresh(), { ...order, priceCents: 1 }),
  'set a price as a customer': (send) =>
    send('ann', 'PATCH', tea, { priceCents: 1 }),
  'set the stock with the price': (send) =>
    send('cleo', 'PATCH', tea, { priceCents: 300, stock: 900 }),
  'send a body of a megabyte': (send) =>
    send('ann', 'PUT', fresh(), { ...order, note: 'x'.repeat(1_000_000) }),
  'ask forty times': async (send) => {
    const statuses: number[] = [];
    for (let n = 0; n < 40; n++) statuses.push(await send('ann', 'GET', mine));
    return statuses.at(-1) ?? 0;
  },
};

/** Serves an app while `act` sends to it. */
async function serving<T>(app: Express, act: (send: Send) => Promise<T>) {
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const send: Send = async (who, method, path, body) => {
    const response = await fetch(`http://localhost:${port}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-user': `${who}@example.com`,
        authorization: `Bearer ${tokens[who] ?? 'none'}`,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const result = await act(send);
  server.close();
  await once(server, 'close');
  return result;
}

const log = (error: unknown) => console.error(error);
const apps = [trusting(), apiOn({ db, perMinute: 30, log })];
const seen: Record<string, number[]> = {};
for (const app of apps) {
  await restock(db);
  await serving(app, async (send) => {
    // Served to its customer by both.
    assert.equal(await send('ann', 'PUT', mine, order), 201);
    assert.equal(await send('ann', 'GET', mine), 200);
    for (const [name, attack] of Object.entries(attacks)) {
      (seen[name] ??= []).push(await attack(send));
    }
  });
}
console.log('attack'.padEnd(31), 'trusting  guarded');
for (const [name, [before, after]] of Object.entries(seen)) {
  console.log(name.padEnd(31), String(before).padEnd(9), after);
}
assert.deepEqual(
  Object.values(seen).map(([before]) => before),
  [200, 200, 200, 200, 201, 204, 204, 201, 200],
);
assert.deepEqual(
  Object.values(seen).map(([, after]) => after),
  [401, 404, 404, 401, 400, 403, 400, 413, 429],
);
await clear(db);
await db.$disconnect();
