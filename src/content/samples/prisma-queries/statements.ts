import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  log: [{ emit: 'event', level: 'query' }],
});
let statements = 0;
prisma.$on('query', () => void statements++);

await prisma.order.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();

// Twenty-four orders by six customers, one line each.
const acme = await prisma.organisation.create({
  data: {
    slug: 'acme',
    name: 'Acme',
    products: { create: { sku: 'A', name: 'Anvil', priceCents: 100 } },
  },
  include: { products: true },
});
const [anvil] = acme.products;
assert(anvil);
for (let n = 0; n < 6; n++) {
  const name = `Customer ${n}`;
  const line = { productId: anvil.id, quantity: 1, priceCents: 100 };
  const order = { organisationId: acme.id, totalCents: 100 };
  await prisma.user.create({
    data: {
      email: `c${n}@example.com`,
      name,
      orders: {
        create: Array.from({ length: 4 }, () => ({
          ...order,
          lines: { create: line },
        })),
      },
    },
  });
}

// #region ways
const orders = () => prisma.order.findMany({ orderBy: { id: 'asc' } });
const where = ({ customerId }: { customerId: string }) => ({ id: customerId });

/** Ways to read the orders with the names of their customers. */
const ways: Record<string, () => Promise<(string | undefined)[]>> = {
  async inLoop() {
    const names = [];
    for (const order of await orders()) {
      const user = await prisma.user.findUnique({ where: where(order) });
      names.push(user?.name);
    }
    return names;
  },
  async findFirstAtOnce() {
    const found = (await orders()).map((order) =>
      prisma.user.findFirst({ where: where(order) }),
    );
    return (await Promise.all(found)).map((user) => user?.name);
  },
  async findUniqueAtOnce() {
    const found = (await orders()).map((order) =>
      prisma.user.findUnique({ where: where(order) }),
    );
    return (await Promise.all(found)).map((user) => user?.name);
  },
  async twoSelections() {
    const found = (await orders()).map((order, n) =>
      n % 2
        ? prisma.user.findUnique({ where: where(order) })
        : prisma.user.findUnique({
            where: where(order),
            select: { name: true },
          }),
    );
    return (await Promise.all(found)).map((user) => user?.name);
  },
  async fluent() {
    const found = (await orders()).map(({ id }) =>
      prisma.order.findUnique({ where: { id } }).customer(),
    );
    return (await Promise.all(found)).map((user) => user?.name);
  },
  async byInclude() {
    const found = await prisma.order.findMany({
      orderBy: { id: 'asc' },
      include: { customer: true },
    });
    return found.map(({ customer }) => customer.name);
  },
  async fourTables() {
    const found = await prisma.order.findMany({
      orderBy: { id: 'asc' },
      include: { customer: true, lines: { include: { product: true } } },
    });
    return found.map(({ customer }) => customer.name);
  },
};
// #endregion ways

const counts: Record<string, number> = {};
const answers = new Set<string>();
console.log('24 orders, 6 customers'.padEnd(24), 'statements');
for (const [way, read] of Object.entries(ways)) {
  statements = 0;
  answers.add(JSON.stringify(await read()));
  counts[way] = statements;
  console.log(way.padEnd(24), String(statements).padStart(10));
}
// Each way found the same 24 names, in the same order.
assert.equal(answers.size, 1);
assert.deepEqual(counts, {
  inLoop: 25,
  findFirstAtOnce: 25,
  findUniqueAtOnce: 2,
  twoSelections: 3,
  fluent: 3,
  byInclude: 2,
  fourTables: 4,
});

await prisma.order.deleteMany();
await prisma.product.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
