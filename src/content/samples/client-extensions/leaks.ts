import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    max: 1,
  }),
  // Far more than needed, so that a slow machine prints the same.
  transactionOptions: { maxWait: 30_000, timeout: 60_000 },
});

// Roles belong to the whole server: dropped first, and dropped last.
const clean = [
  'DROP POLICY IF EXISTS visible ON product',
  'ALTER TABLE product DISABLE ROW LEVEL SECURITY',
  `DO $$ BEGIN
     IF to_regrole('client_extensions_app') IS NOT NULL THEN
       DROP OWNED BY client_extensions_app;
     END IF;
   END $$`,
  'DROP ROLE IF EXISTS client_extensions_app',
];
for (const sql of clean) await prisma.$executeRawUnsafe(sql);
await prisma.product.deleteMany();
await prisma.organisation.deleteMany();

// Acme sells A; B is deleted; X belongs to Globex.
const product = (sku: string, deletedAt: Date | null = null) => ({
  sku,
  name: sku,
  priceCents: 1,
  deletedAt,
});
const { id: acme } = await prisma.organisation.create({
  data: {
    slug: 'acme',
    name: 'Acme',
    products: { create: [product('A'), product('B', new Date())] },
  },
});
await prisma.organisation.create({
  data: {
    slug: 'globex',
    name: 'Globex',
    products: { create: product('X') },
  },
});
const idOf = Object.fromEntries(
  (await prisma.product.findMany()).map(({ sku, id }) => [sku, id]),
);

// #region extensions
/** What a caller from Acme may see. */
const visible = { organisationId: acme, deletedAt: null };

/** The usual first try: lists are filtered, unless they say otherwise. */
const findManyOnly = prisma.$extends({
  query: {
    product: {
      findMany: ({ args, query }) =>
        query({ ...args, where: { ...visible, ...args.where } }),
    },
  },
});

/** Whatever has a `where`, by whatever name. */
const allOperations = prisma.$extends({
  query: {
    product: {
      $allOperations({ operation, args, query }) {
        if (operation.startsWith('create')) return query(args);
        const { where } = args as { where?: object };
        // Beside what was there: findUnique wants its key at the top.
        const both = { ...where, AND: [...andOf(where), visible] };
        return query({ ...args, where: both });
      },
    },
  },
});

const andOf = (where?: { AND?: object | object[] }) =>
  [where?.AND ?? []].flat();

/** The database decides, for each statement of this role. */
const POLICY = [
  'ALTER TABLE product ENABLE ROW LEVEL SECURITY',
  `CREATE POLICY visible ON product USING (
     organisation_id = current_setting('app.organisation')::uuid
     AND deleted_at IS NULL)`,
];

function rowSecurity<T>(work: (db: Db) => Promise<T>) {
  return prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL ROLE client_extensions_app`;
    await tx.$queryRaw`SELECT set_config('app.organisation', ${acme}, true)`;
    return work(tx);
  });
}
// #endregion extensions

type Db = Omit<Prisma.TransactionClient, '$transaction'>;
await prisma.$executeRawUnsafe('CREATE ROLE client_extensions_app');
await prisma.$executeRawUnsafe(
  'GRANT SELECT, UPDATE ON product, organisation TO client_extensions_app',
);
for (const sql of POLICY) await prisma.$executeRawUnsafe(sql);

/** What each finds, given free hand: the skus, or as many as it counts. */
const reads: Record<string, (db: Db) => Promise<string[]>> = {
  findMany: async (db) => skus(await db.product.findMany()),
  'findMany, own key': async (db) =>
    skus(await db.product.findMany({ where: { deletedAt: { not: null } } })),
  findFirst: async (db) =>
    skus([await db.product.findFirst({ where: { id: idOf['B'] ?? '' } })]),
  findUnique: async (db) =>
    skus([await db.product.findUnique({ where: { id: idOf['X'] ?? '' } })]),
  update: async (db) =>
    skus([
      await db.product
        .update({ where: { id: idOf['B'] ?? '' }, data: { name: 'new' } })
        .catch(() => null),
    ]),
  count: async (db) => counted(await db.product.count()),
  groupBy: async (db) => {
    const groups = await db.product.groupBy({ by: ['sku'] });
    return skus(groups);
  },
  include: async (db) => {
    const found = await db.organisation.findMany({
      include: { products: true },
    });
    return skus(found.flatMap(({ products }) => products));
  },
  _count: async (db) => {
    const found = await db.organisation.findMany({
      include: { _count: { select: { products: true } } },
    });
    const counts = found.map(({ _count }) => _count.products);
    return counted(counts.reduce((sum, count) => sum + count, 0));
  },
  'relation filter': async (db) => {
    const where = { products: { some: { sku: 'X' } } };
    return (await db.organisation.count({ where })) > 0 ? ['X'] : [];
  },
  'fluent API': async (db) => {
    const organisation = db.organisation.findUnique({
      where: { slug: 'globex' },
    });
    return skus((await organisation.products()) ?? []);
  },
  $queryRaw: async (db) => skus(await db.$queryRaw`SELECT sku FROM product`),
};

function skus(rows: ({ sku: string } | null)[]) {
  return rows.flatMap((row) => (row ? [row.sku] : []));
}
/** A count of three has counted B and X as well. */
function counted(count: number) {
  return ['A', 'B', 'X'].slice(0, count);
}

type Run = <T>(work: (db: Db) => Promise<T>) => Promise<T>;
const clients: Record<string, Run> = {
  findManyOnly: (work) => work(findManyOnly as unknown as Db),
  allOperations: (work) => work(allOperations as unknown as Db),
  rowSecurity,
};

const leaks: Record<string, string[]> = {};
console.log(
  'leaks of B and X'.padEnd(18),
  Object.keys(clients)
    .map((name) => name.padEnd(14))
    .join('')
    .trimEnd(),
);
for (const [what, read] of Object.entries(reads)) {
  const cells: string[] = [];
  for (const [name, run] of Object.entries(clients)) {
    const found = await run(read);
    const hidden = found.filter((sku) => sku !== 'A').sort();
    cells.push((hidden.join(' ') || '-').padEnd(14));
    if (hidden.length > 0) (leaks[name] ??= []).push(what);
  }
  console.log(what.padEnd(18), cells.join('').trimEnd());
}
const nested = ['include', '_count', 'relation filter', 'fluent API'];
assert.deepEqual(leaks, {
  findManyOnly: [
    'findMany, own key',
    'findFirst',
    'findUnique',
    'update',
    'count',
    'groupBy',
    ...nested,
    '$queryRaw',
  ],
  allOperations: [...nested, '$queryRaw'],
});

// The filter comes on top: what the caller asked for holds as well.
for (const where of [{ deletedAt: { not: null } }, { AND: { sku: 'C' } }]) {
  assert.deepEqual(await allOperations.product.findMany({ where }), []);
}

for (const sql of clean) await prisma.$executeRawUnsafe(sql);
await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
