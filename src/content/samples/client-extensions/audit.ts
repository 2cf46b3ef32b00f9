import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    max: 1,
  }),
});
const clean = [
  'DROP TRIGGER IF EXISTS audited ON product',
  'DROP FUNCTION IF EXISTS audit_product()',
];
for (const sql of clean) await prisma.$executeRawUnsafe(sql);
await prisma.product.deleteMany();
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});

// #region audits
/** Writes an entry by the outer client: the callback has no other. */
const byExtension = prisma.$extends({
  query: {
    product: {
      async update({ args, query }) {
        const result = await query(args);
        await prisma.auditEntry.create({
          data: {
            action: 'update',
            entity: 'Product',
            entityId: String(result.id),
          },
        });
        return result;
      },
    },
  },
});

/** Writes an entry in the statement's own transaction, for each row. */
const TRIGGER = [
  `CREATE FUNCTION audit_product() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO audit_entry (action, entity, entity_id, detail)
     VALUES ('update', 'Product', NEW.id, jsonb_build_object(
       'from', OLD.price_cents, 'to', NEW.price_cents));
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER audited AFTER UPDATE ON product
   FOR EACH ROW EXECUTE FUNCTION audit_product()`,
];

const raise = { priceCents: { increment: 1 } };
type Db = PrismaClient;
type Change = (db: Db, id: string, timeout: number) => Promise<unknown>;

/** Five ways to raise the prices of one or two products. */
const changes: Record<string, Change> = {
  update: (db, id) => db.product.update({ where: { id }, data: raise }),

  'update, rolled back': (db, id, timeout) =>
    db.$transaction(
      async (tx) => {
        await tx.product.update({ where: { id }, data: raise });
        throw new Error('refused');
      },
      { timeout }, // by default 5,000
    ),

  updateMany: (db) => db.product.updateMany({ data: raise }),

  'nested update': (db, id) =>
    db.organisation.update({
      where: { id: organisationId },
      data: { products: { update: { where: { id }, data: raise } } },
    }),

  $executeRaw: (db) => db.$executeRaw`
    UPDATE product SET price_cents = price_cents + 1`,
};
// #endregion audits

/** How many rows a change has changed, and how many entries there are. */
async function outcomeOf(db: Db, change: Change) {
  // A slow machine may use up the time before the update: then with more.
  for (const timeout of [1_000, 10_000, 60_000]) {
    await prisma.auditEntry.deleteMany();
    await prisma.product.deleteMany();
    await prisma.product.createMany({
      data: ['A', 'B'].map((sku) => ({
        organisationId,
        sku,
        name: sku,
        priceCents: 0,
      })),
    });
    const { id } = await prisma.product.findFirstOrThrow({
      where: { sku: 'A' },
    });
    const late = await change(db, id, timeout).then(() => false, isLate);
    const changed = await prisma.product.count({ where: { priceCents: 1 } });
    const entries = await prisma.auditEntry.count();
    if (!late || entries > 0) return [changed, entries] as const;
  }
  throw new Error('timed out before it wrote anything');
}

/** Whether the transaction had ended. Lets our own refusal pass. */
function isLate(error: Error): boolean {
  if (error.message === 'refused') return false;
  const { PrismaClientKnownRequestError: Known } = Prisma;
  if (error instanceof Known && error.code === 'P2028') return true;
  throw error;
}

async function measure(audit: string, db: Db) {
  const seen: string[] = [];
  console.log(audit.padEnd(24), 'rows changed  entries');
  for (const [what, change] of Object.entries(changes)) {
    const [changed, entries] = await outcomeOf(db, change);
    console.log(`  ${what.padEnd(22)} ${String(changed).padEnd(13)}`, entries);
    seen.push(`${changed} ${entries}`);
  }
  return seen;
}
// What an extended client can do more does not matter here.
const extended = byExtension as unknown as Db;
assert.deepEqual(await measure('by extension', extended), [
  '1 1',
  '0 1',
  '2 0',
  '1 0',
  '2 0',
]);
for (const sql of TRIGGER) await prisma.$executeRawUnsafe(sql);
assert.deepEqual(await measure('by trigger', prisma), [
  '1 1',
  '0 0',
  '2 2',
  '1 1',
  '2 2',
]);

for (const sql of clean) await prisma.$executeRawUnsafe(sql);
await prisma.auditEntry.deleteMany();
await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
