import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { z } from 'zod';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.user.deleteMany();
await prisma.user.create({ data: { name: 'Ann', email: 'ann@example.com' } });

// #region rows
type Claim = { name: string; createdAt: Date; orders: number };

/** The type argument is a claim. Nothing checks it. */
const byClaim = () => prisma.$queryRaw<Claim[]>`
  SELECT u.name, u.created_at, count(o.id) AS orders
  FROM user_account u LEFT JOIN customer_order o ON o.customer_id = u.id
  GROUP BY u.id`;

/** The schema is checked for each row, and is where the type comes from. */
const Row = z.strictObject({
  name: z.string(),
  createdAt: z.date(),
  orders: z.int(),
});

const bySchema = async () =>
  z.array(Row).parse(
    await prisma.$queryRaw`
      SELECT u.name, u.created_at AS "createdAt", count(o.id)::int AS orders
      FROM user_account u LEFT JOIN customer_order o ON o.customer_id = u.id
      GROUP BY u.id`,
  );

const expressions = [
  '1',
  'count(*)',
  '1.10::numeric',
  'avg(1)',
  "'2026-01-02 03:04:05.678901'::timestamp",
  "'infinity'::timestamptz",
  "'2026-01-02'::date",
  `'{"id": 9007199254740993}'::jsonb`,
  `'PAID'::"OrderStatus"`,
  `'{PAID}'::"OrderStatus"[]`,
  "'1 day'::interval",
];
// #endregion rows

/** The kind of a value, and how it looks. */
function shapeOf(value: unknown): string {
  if (typeof value === 'bigint') return `BigInt   ${value}`;
  if (typeof value === 'number') return `Number   ${value}`;
  if (typeof value === 'string') return `String   ${value}`;
  if (value instanceof Date) {
    const valid = !Number.isNaN(value.getTime());
    return `Date     ${valid ? value.toISOString() : 'invalid'}`;
  }
  const { name } = (value as object).constructor;
  const kind = name.startsWith('Decimal') ? 'Decimal' : name;
  return `${kind.padEnd(8)} ${JSON.stringify(value)}`;
}

const shapes: string[] = [];
for (const expression of expressions) {
  const shape = await prisma
    // Each is a text of ours. No input comes near it.
    .$queryRawUnsafe<[{ value: unknown }]>(`SELECT ${expression} AS value`)
    .then(
      ([row]) => shapeOf(row.value),
      ({ message }: Error) =>
        /Failed to \w+ column/.exec(message)?.[0] ?? message,
    );
  const text = expression.replace('2026-01-02 03:04:', '...');
  console.log(text.padEnd(34), shape);
  shapes.push(shape);
}
assert.deepEqual(shapes, [
  'Number   1',
  'BigInt   1',
  'Decimal  "1.1"',
  'Decimal  "1"',
  'Date     2026-01-02T03:04:05.678Z',
  'Date     invalid',
  'Date     2026-01-02T00:00:00.000Z',
  'Object   {"id":9007199254740992}',
  'String   PAID',
  'String   {PAID}',
  'Failed to deserialize column',
]);

// What Prisma cannot read is P2010, with no SQLSTATE to go by.
await assert.rejects(prisma.$queryRaw`SELECT '1 day'::interval`, {
  code: 'P2010',
  message: /Code: `N\/A`/,
});

const [claimed] = await byClaim();
const [checked] = await bySchema();
assert(claimed && checked);
console.log();
for (const [way, row] of Object.entries({ claimed, checked })) {
  // JavaScript does not know of the claim.
  const { createdAt, orders } = row as Record<string, unknown>;
  const date = createdAt instanceof Date ? 'a Date' : String(createdAt);
  console.log(`${way}: createdAt is ${date}, orders is a ${typeof orders}`);
}
assert.equal(claimed.createdAt, undefined);
assert.equal(typeof claimed.orders, 'bigint');
assert.throws(() => claimed.orders + 1, TypeError);
assert.equal(checked.orders + 1, 1);

await prisma.user.deleteMany();
await prisma.$disconnect();
