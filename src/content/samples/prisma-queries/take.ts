import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  log: [{ emit: 'event', level: 'query' }],
});
const sent: { query: string; params: string }[] = [];
prisma.$on('query', (event) => void sent.push(event));

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();

await prisma.order.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
// Ten customers with 300 orders each, of 0 to 299 cents.
const customers = await prisma.user.createManyAndReturn({
  data: Array.from({ length: 10 }, (_, n) => ({
    email: `c${n}@example.com`,
    name: `Customer ${n}`,
  })),
});
await prisma.order.createMany({
  data: customers.flatMap(({ id: customerId }) =>
    Array.from({ length: 300 }, (_, totalCents) => ({
      organisationId,
      customerId,
      totalCents,
    })),
  ),
});
const [first] = customers;
assert(first);

// #region ways
type Customer = { name: string; orders: { totalCents: number }[] };

/** The dearest order of each customer. */
const ways: Record<string, () => Promise<Customer[]>> = {
  includeAll: () =>
    prisma.user.findMany({
      orderBy: { name: 'asc' },
      include: { orders: { orderBy: { totalCents: 'desc' } } },
    }),

  includeTakeOne: () =>
    prisma.user.findMany({
      orderBy: { name: 'asc' },
      include: { orders: { orderBy: { totalCents: 'desc' }, take: 1 } },
    }),

  takeOneOfOneUser: () =>
    prisma.user.findMany({
      where: { id: first.id },
      include: { orders: { orderBy: { totalCents: 'desc' }, take: 1 } },
    }),

  takeOneOfUnique: async () => [
    await prisma.user.findUniqueOrThrow({
      where: { id: first.id },
      include: { orders: { orderBy: { totalCents: 'desc' }, take: 1 } },
    }),
  ],

  distinctOn: async () => {
    // One row a customer, chosen in the database.
    const dearest = await prisma.$queryRaw<
      { name: string; totalCents: number }[]
    >`SELECT DISTINCT ON (u.name, u.id)
        u.name, o.total_cents AS "totalCents"
      FROM user_account u JOIN customer_order o ON o.customer_id = u.id
      ORDER BY u.name, u.id, o.total_cents DESC`;
    return dearest.map(({ name, ...order }) => ({ name, orders: [order] }));
  },
};
// #endregion ways

/** How many rows the statements of `act` bring into the process. */
async function rowsRead<T>(act: () => Promise<T>) {
  sent.length = 0;
  const result = await act();
  let rows = 0;
  for (const { query, params } of [...sent]) {
    // The same statement once more, this time to count what it returns.
    const values = JSON.parse(params) as unknown[];
    rows += (await db.query(query, values)).rowCount ?? 0;
  }
  return { result, rows };
}

console.log('way'.padEnd(20), 'users', 'orders', 'rows read');
const rows: Record<string, number> = {};
for (const [way, read] of Object.entries(ways)) {
  const { result, rows: count } = await rowsRead(read);
  const orders = result.flatMap((user) => user.orders);
  console.log(
    way.padEnd(20),
    String(result.length).padStart(5),
    String(orders.length).padStart(6),
    String(count).padStart(9),
  );
  for (const user of result) assert.equal(user.orders[0]?.totalCents, 299);
  rows[way] = count;
}
assert.deepEqual(rows, {
  includeAll: 3010,
  includeTakeOne: 3010,
  takeOneOfOneUser: 301,
  takeOneOfUnique: 2,
  distinctOn: 10,
});

await prisma.order.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
await db.end();
await prisma.$disconnect();
