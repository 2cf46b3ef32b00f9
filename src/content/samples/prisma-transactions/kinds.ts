import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  // One connection: what was started is done when the next query is.
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    max: 1,
  }),
  // Far more than needed, so that a slow machine prints the same.
  transactionOptions: { maxWait: 30_000, timeout: 60_000 },
});
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
const { id: customerId } = await prisma.user.create({
  data: { name: 'Ann', email: 'ann@example.com' },
});
const { id: productId } = await prisma.product.create({
  data: { organisationId, sku: 'A', name: 'Anvil', priceCents: 500, stock: 9 },
});

// #region kinds
const take = {
  where: { id: productId },
  data: { stock: { decrement: 1 } },
};
/** The second payment with one key is refused: P2002. */
const payment = (idempotencyKey: string) => ({
  idempotencyKey,
  amountCents: 500,
});
const order = { organisationId, customerId, totalCents: 500 };

/** Takes one from stock and writes an order with its payment. */
const kinds: Record<string, (key: string) => Promise<unknown>> = {
  async oneByOne(key) {
    await prisma.product.update(take);
    const { id: orderId } = await prisma.order.create({ data: order });
    await prisma.payment.create({ data: { ...payment(key), orderId } });
  },

  // It looks like one step, and is three transactions.
  async promiseAll(key) {
    const id = randomUUID();
    await prisma.order.create({ data: { ...order, id } });
    await Promise.all([
      prisma.product.update(take),
      prisma.payment.create({ data: { ...payment(key), orderId: id } }),
    ]);
  },

  // A list of queries: the id has to be known beforehand.
  async batch(key) {
    const id = randomUUID();
    await prisma.$transaction([
      prisma.product.update(take),
      prisma.order.create({ data: { ...order, id } }),
      prisma.payment.create({ data: { ...payment(key), orderId: id } }),
    ]);
  },

  // A function: what it reads can decide what it writes.
  async interactive(key) {
    await prisma.$transaction(async (tx) => {
      await tx.product.update(take);
      const { id: orderId } = await tx.order.create({ data: order });
      await tx.payment.create({ data: { ...payment(key), orderId } });
    });
  },

  // One call that writes to several tables is a transaction by itself.
  async nestedWrite(key) {
    await prisma.order.create({
      data: {
        totalCents: 500,
        organisation: { connect: { id: organisationId } },
        customer: { connect: { id: customerId } },
        payments: { create: payment(key) },
        lines: {
          create: {
            quantity: 1,
            priceCents: 500,
            product: { connect: { id: productId } },
          },
        },
      },
    });
  },
};
// #endregion kinds

const codeOf = (error: unknown) => {
  assert(error instanceof Prisma.PrismaClientKnownRequestError);
  return error.code;
};

console.log('the payment is refused'.padEnd(24), 'told   orders  stock');
const left: Record<string, string> = {};
for (const [kind, write] of Object.entries(kinds)) {
  await prisma.payment.deleteMany();
  await prisma.order.deleteMany();
  await prisma.product.update({ ...take, data: { stock: 9 } });
  const { id: orderId } = await prisma.order.create({ data: order });
  await prisma.payment.create({ data: { ...payment('key-1'), orderId } });

  const told = await write('key-1').then(() => 'fine', codeOf);
  const orders = (await prisma.order.count()) - 1;
  const { stock } = await prisma.product.findUniqueOrThrow({
    where: { id: productId },
  });
  console.log(kind.padEnd(24), told.padEnd(6), String(orders).padEnd(7), stock);
  left[kind] = `${told} ${orders} ${stock}`;
}
assert.deepEqual(left, {
  oneByOne: 'P2002 1 8',
  promiseAll: 'P2002 1 8',
  batch: 'P2002 0 9',
  interactive: 'P2002 0 9',
  nestedWrite: 'P2002 0 9',
});

await prisma.payment.deleteMany();
await prisma.order.deleteMany();
await prisma.product.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
