import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';
import type { Actor } from './guard.ts';
import { ordersIn, type Line } from './orders.ts';
import { RULES } from './rules.ts';
import { clear, restock, seed } from './seed.ts';

const connectionString = process.env.DATABASE_URL;
const admin = new Client({ connectionString });
await admin.connect();
await admin.query(RULES);
await admin.end();
const db = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
await clear(db);
await seed(db);

// #region implement
/** As one would say it: look at the stock, write the order, take. */
const stepByStep = (db: PrismaClient) =>
  async function place(actor: Actor, id: string, lines: Line[]) {
    const { organisationId, userId: customerId } = actor;
    const there = await db.order.findUnique({ where: { id } });
    if (there) return { is: 'repeated' };
    await db.order.create({
      data: { id, organisationId, customerId, totalCents: 0 },
    });
    for (const { sku, quantity } of lines) {
      const where = { organisationId_sku: { organisationId, sku } };
      const product = await db.product.findUniqueOrThrow({ where });
      if (product.stock < quantity) return { is: 'unavailable' };
      const stock = product.stock - quantity;
      await db.product.update({ where, data: { stock } });
      const { id: productId, priceCents } = product;
      await db.orderLine.create({
        data: { orderId: id, productId, quantity, priceCents },
      });
    }
    return { is: 'placed' };
  };
// #endregion implement

type Place = (
  actor: Actor,
  id: string,
  lines: Line[],
) => Promise<{ is: string }>;

const ann: Actor = await db.membership.findFirstOrThrow({
  where: { user: { name: 'ann' } },
  select: { userId: true, organisationId: true, role: true },
});
const one = (sku: string): Line => ({ sku, quantity: 1 });

/** Says what became of an order, or which error nobody foresaw. */
const outcomeOf = (placing: Promise<{ is: string }>) =>
  placing.then(
    ({ is }) => is,
    (error: unknown) => {
      assert(error instanceof Prisma.PrismaClientKnownRequestError);
      return error.code;
    },
  );

const trials: Record<string, (place: Place) => Promise<string[]>> = {
  'tea and two cakes, and again': async (place) => {
    const id = randomUUID();
    const lines = [one('tea'), { sku: 'cake', quantity: 2 }];
    const first = await outcomeOf(place(ann, id, lines));
    return [first, await outcomeOf(place(ann, id, lines))];
  },
  'two orders for the last cake': (place) =>
    Promise.all(
      [1, 2].map(() => outcomeOf(place(ann, randomUUID(), [one('cake')]))),
    ),
  'one order, twice at once': (place) => {
    const id = randomUUID();
    const lines = [one('cake')];
    return Promise.all([1, 2].map(() => outcomeOf(place(ann, id, lines))));
  },
};

/** Both have looked before either goes on, as in a busy shop. */
function crowded(model: 'Product' | 'Order') {
  const looked = Promise.withResolvers<void>();
  let waiting = 2;
  return db.$extends({
    query: {
      async $allOperations({ model: of, operation, args, query }) {
        const result: unknown = await query(args);
        if (of === model && operation.startsWith('findUnique')) {
          if (--waiting === 0) looked.resolve();
          await looked.promise;
        }
        return result;
      },
    },
  }) as unknown as PrismaClient;
}

/** Runs one trial on restocked shops; what it left behind. */
async function leftBy(trial: (typeof trials)[string], place: Place) {
  await restock(db);
  const outcomes = (await trial(place)).sort();
  const orders = await db.order.findMany({ include: { lines: true } });
  const { organisationId } = ann;
  const { _sum } = await db.product.aggregate({
    where: { organisationId },
    _sum: { stock: true },
  });
  const sold = orders
    .flatMap(({ lines }) => lines)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  const taken = 6 - (_sum.stock ?? 0);
  return { outcomes: outcomes.join(', '), orders: orders.length, sold, taken };
}

const ways: Record<string, (trial: string) => Place> = {
  stepByStep: (trial) => {
    if (trial.includes('again')) return stepByStep(db);
    return stepByStep(crowded(trial.includes('last') ? 'Product' : 'Order'));
  },
  place: () => ordersIn(db).place,
};

const seen: Record<string, unknown[]> = {};
console.log(''.padEnd(36), 'orders  sold  taken');
for (const [name, trial] of Object.entries(trials)) {
  console.log(name);
  for (const [way, placeFor] of Object.entries(ways)) {
    const left = await leftBy(trial, placeFor(name));
    const { outcomes, orders, sold, taken } = left;
    const counts = [orders, sold, taken].map((n) => String(n).padEnd(6));
    const row = [` ${way.padEnd(11)}`, outcomes.padEnd(24), ...counts];
    console.log(row.join(' ').trimEnd());
    (seen[name] ??= []).push([outcomes, orders, sold, taken]);
  }
}
assert.deepEqual(Object.values(seen), [
  [
    ['repeated, unavailable', 1, 1, 1],
    ['unavailable, unavailable', 0, 0, 0],
  ],
  [
    ['placed, placed', 2, 2, 1],
    ['placed, unavailable', 1, 1, 1],
  ],
  [
    ['P2002, placed', 1, 1, 1],
    ['placed, repeated', 1, 1, 1],
  ],
]);
await clear(db);
await db.$disconnect();
