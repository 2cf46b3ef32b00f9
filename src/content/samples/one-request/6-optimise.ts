import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { PrismaClient } from '../prisma/client/client.ts';
import { catalogueOf } from './catalogue.ts';
import type { Actor } from './guard.ts';
import { ordersIn } from './orders.ts';
import { clear, seed } from './seed.ts';

const connectionString = process.env.DATABASE_URL;
const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString }),
  log: [{ emit: 'event', level: 'query' }],
});
const redis = new Redis(process.env.REDIS_URL ?? '');
/** Nobody listens there, and no command waits until somebody does. */
const down = new Redis({
  port: 1,
  lazyConnect: true,
  enableOfflineQueue: false,
  retryStrategy: () => null,
}).on('error', () => {});
await clear(db);
await redis.flushdb();
await seed(db);

const cleo: Actor = await db.membership.findFirstOrThrow({
  where: { user: { name: 'cleo' } },
  select: { userId: true, organisationId: true, role: true },
});

// 5,000 orders in each shop, one a minute, with a line each.
const admin = new Client({ connectionString });
await admin.connect();
await admin.query(`
  WITH placed AS (
    INSERT INTO customer_order
      (id, organisation_id, customer_id, total_cents, created_at)
    SELECT uuidv7(), o.id, m.user_id, 300, '2026-01-01'::timestamptz
      + make_interval(mins => n)
    FROM organisation o
    CROSS JOIN generate_series(1, 5000) n
    JOIN LATERAL (SELECT user_id FROM membership WHERE organisation_id = o.id
                  ORDER BY user_id LIMIT 1) m ON true
    RETURNING id, organisation_id)
  INSERT INTO order_line (order_id, product_id, quantity, price_cents)
  SELECT placed.id, p.id, 1, 300
  FROM placed JOIN product p USING (organisation_id) WHERE p.sku = 'tea'`);
await admin.query('VACUUM (ANALYZE) customer_order, order_line, product');

const sent: { query: string; params: string }[] = [];
db.$on('query', (event) => void sent.push(event));

/** The rows that PostgreSQL touched to answer a statement of Prisma's. */
async function rowsRead({ query, params }: (typeof sent)[number]) {
  type Node = Record<string, number | string> & { Plans?: Node[] };
  const { rows } = await admin.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${query}`,
    JSON.parse(params) as unknown[],
  );
  const touched = (node: Node): number =>
    (node.Plans ?? []).reduce(
      (sum, plan) => sum + touched(plan),
      'Relation Name' in node || 'Index Name' in node
        ? Number(node['Actual Rows']) * Number(node['Actual Loops']) +
            Number(node['Rows Removed by Filter'] ?? 0)
        : 0,
    );
  return touched(rows[0]!['QUERY PLAN'][0].Plan);
}

// #region optimise
const lists: Record<string, (actor: Actor) => Promise<{ id: string }[]>> = {
  /** All orders, and the lines of those that the client will show. */
  'all, one by one': async ({ organisationId }) => {
    const where = { organisationId };
    const orderBy = { createdAt: 'desc' } as const;
    const orders = await db.order.findMany({ where, orderBy });
    const page = orders.slice(0, 20);
    for (const { id: orderId } of page) {
      await db.orderLine.findMany({ where: { orderId } });
    }
    return page;
  },
  /** As the code of step 3 has it, on an index of step 2. */
  'a page': (actor) => ordersIn(db).list(actor),
};

type Catalogue = Pick<ReturnType<typeof catalogueOf>, 'list' | 'price'>;

const catalogues: Record<string, Catalogue> = {
  'no cache': {
    list: ({ organisationId }) =>
      db.product.findMany({ where: { organisationId } }),
    price: (...change) => catalogueOf(db).price(...change),
  },
  /** Reads the cache, and lets the price be changed behind its back. */
  'cache, kept': {
    list: catalogueOf(db, redis).list,
    price: (...change) => catalogueOf(db).price(...change),
  },
  'cache, emptied': catalogueOf(db, redis),
  'Redis is down': catalogueOf(db, down),
};
// #endregion optimise

/** The number of statements that read products. */
const productQueries = () =>
  sent
    .splice(0)
    .filter(({ query }) => /^SELECT .* FROM "public"."product"/.test(query))
    .length;

console.log('the newest 20 of 5,000'.padEnd(23), 'statements  rows read');
const reads: number[][] = [];
for (const [name, list] of Object.entries(lists)) {
  sent.length = 0;
  const page = await list(cleo);
  assert.equal(page.length, 20);
  const statements = sent.splice(0);
  let rows = 0;
  for (const statement of statements) rows += await rowsRead(statement);
  console.log(name.padEnd(23), String(statements.length).padEnd(11), rows);
  reads.push([statements.length, rows]);
}
assert.equal(reads[0]?.[0], 21);
assert.equal(reads[1]?.[0], 3);
assert((reads[0]?.[1] ?? 0) > 100 * (reads[1]?.[1] ?? Infinity));

console.log();
console.log('products, 20 + 20 times'.padEnd(23), 'queries     new price');
const results: Record<string, number[]> = {};
for (const [name, { list, price }] of Object.entries(catalogues)) {
  await redis.flushdb();
  await catalogueOf(db).price(cleo, 'tea', 300);
  sent.length = 0;
  const twenty = () =>
    Promise.all(Array.from({ length: 20 }, () => list(cleo)));
  await twenty();
  await price(cleo, 'tea', 310);
  const after = (await twenty()).flat();
  const fresh = after.filter(({ priceCents }) => priceCents === 310).length;
  const queries = productQueries();
  console.log(name.padEnd(23), String(queries).padEnd(11), `${fresh} of 20`);
  results[name] = [queries, fresh];
}
assert.deepEqual(results, {
  'no cache': [40, 20],
  'cache, kept': [1, 0],
  'cache, emptied': [2, 20],
  'Redis is down': [2, 20],
});

await redis.flushdb();
redis.disconnect();
down.disconnect();
await clear(db);
await admin.end();
await db.$disconnect();
