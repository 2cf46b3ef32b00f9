import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    // In another zone, Prisma's own `now` would be hours off.
    options: '-c TimeZone=UTC',
  }),
});

const DROP_TRIGGER = 'DROP TRIGGER IF EXISTS touched ON product';
async function emptied() {
  await prisma.$executeRawUnsafe(DROP_TRIGGER);
  await prisma.$executeRaw`DROP FUNCTION IF EXISTS touch`;
  await prisma.product.deleteMany();
  await prisma.organisation.deleteMany();
}
await emptied();
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'shop', name: 'Shop' },
});
const { id } = await prisma.product.create({
  data: { organisationId, sku: 'pot', name: 'Teapot', priceCents: 2000 },
});

// #region updated
/** Takes the time from the database, and lets no client set another. */
const TRIGGER = [
  `CREATE FUNCTION touch() RETURNS trigger AS $$
   BEGIN
     NEW.updated_at := now();
     RETURN NEW;
   END $$ LANGUAGE plpgsql`,
  `CREATE TRIGGER touched BEFORE UPDATE ON product
   FOR EACH ROW EXECUTE FUNCTION touch()`,
];

const WRITERS: Record<string, () => Promise<unknown>> = {
  'product.update': () =>
    prisma.product.update({ where: { id }, data: { stock: 1 } }),

  'product.updateMany': () =>
    prisma.product.updateMany({ where: { id }, data: { stock: 2 } }),

  'organisation.update, nested': () =>
    prisma.organisation.update({
      where: { id: organisationId },
      data: { products: { update: { where: { id }, data: { stock: 3 } } } },
    }),

  $executeRaw: () => prisma.$executeRaw`UPDATE product SET stock = 4`,

  'a clock that is wrong': () =>
    prisma.product.update({
      where: { id },
      data: { stock: 5, updatedAt: new Date('2001-01-01') },
    }),
};
// #endregion updated

const LONG_AGO = new Date('2000-01-01T00:00:00Z');

/** What `updated_at` says after the write: `stale`, `wrong` or `now`. */
async function stateAfter(write: () => Promise<unknown>): Promise<string> {
  await prisma.$transaction([
    prisma.$executeRaw`ALTER TABLE product DISABLE TRIGGER USER`,
    prisma.$executeRaw`UPDATE product SET updated_at = ${LONG_AGO}`,
    prisma.$executeRaw`ALTER TABLE product ENABLE TRIGGER USER`,
  ]);
  await write();
  const [row] = await prisma.$queryRaw<{ state: string }[]>(Prisma.sql`
    SELECT CASE
      WHEN updated_at = ${LONG_AGO} THEN 'stale'
      WHEN updated_at > now() - interval '1 hour' THEN 'now'
      ELSE 'wrong' END AS state
    FROM product`);
  return row?.state ?? '';
}

const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([30, 14, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
const before: string[] = [];
for (const write of Object.values(WRITERS))
  before.push(await stateAfter(write));
for (const statement of TRIGGER) await prisma.$executeRawUnsafe(statement);
const after: string[] = [];
for (const write of Object.values(WRITERS)) after.push(await stateAfter(write));

print('written by', '@updatedAt', 'with trigger');
Object.keys(WRITERS).forEach((name, i) =>
  print(name, before[i] ?? '', after[i] ?? ''),
);
assert.deepEqual(before, ['now', 'now', 'now', 'stale', 'wrong']);
assert.deepEqual(after, ['now', 'now', 'now', 'now', 'now']);

await emptied();
await prisma.$disconnect();
