import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

async function emptied() {
  await prisma.order.deleteMany();
  await prisma.product.deleteMany();
  await prisma.organisation.deleteMany();
  await prisma.user.deleteMany();
}
await emptied();
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'tea-shop', name: 'Tea shop' },
});
const { id: customerId } = await prisma.user.create({
  data: { email: 'ann@example.com', name: 'Ann' },
});
const product = await prisma.product.create({
  data: { organisationId, sku: 'pot', name: 'Teapot', priceCents: 2000 },
});

// #region price
/** Places an order for two, with the price of this moment. */
async function order(): Promise<string> {
  const { id, priceCents } = await prisma.product.findUniqueOrThrow({
    where: { id: product.id },
  });
  const quantity = 2;
  const placed = await prisma.order.create({
    data: {
      organisationId,
      customerId,
      totalCents: quantity * priceCents,
      lines: { create: { productId: id, quantity, priceCents } },
    },
  });
  return placed.id;
}

/** What the order costs by today's price list. */
async function byProduct(orderId: string): Promise<number> {
  const lines = await prisma.orderLine.findMany({
    where: { orderId },
    include: { product: true },
  });
  return lines.reduce(
    (sum, { quantity, product }) => sum + quantity * product.priceCents,
    0,
  );
}

/** What the customer agreed to pay. */
async function byLine(orderId: string): Promise<number> {
  const lines = await prisma.orderLine.findMany({ where: { orderId } });
  return lines.reduce(
    (sum, { quantity, priceCents }) => sum + quantity * priceCents,
    0,
  );
}
// #endregion price

const placed = await order();
const before = [await byProduct(placed), await byLine(placed)];
await prisma.product.update({
  where: { id: product.id },
  data: { priceCents: 2500 },
});
const after = [await byProduct(placed), await byLine(placed)];
const { totalCents } = await prisma.order.findUniqueOrThrow({
  where: { id: placed },
});

console.log('the same order'.padEnd(26), 'byProduct  byLine');
const print = (when: string, [product, line]: number[]) =>
  console.log(
    when.padEnd(26),
    String(product).padStart(9),
    String(line).padStart(7),
  );
print('on the day', before);
print('after the price has risen', after);
assert.deepEqual(before, [4000, 4000]);
assert.deepEqual(after, [5000, 4000]);
assert.equal(totalCents, after[1]);

await emptied();
await prisma.$disconnect();
