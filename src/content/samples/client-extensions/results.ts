import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.product.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.create({
  data: {
    slug: 'acme',
    name: 'Acme',
    products: { create: { sku: 'A', name: 'Anvil', priceCents: 500 } },
  },
});
await prisma.user.create({
  data: { name: 'Ann', email: 'ann@example.com', passwordHash: 'her hash' },
});

// #region results
let computed = 0;

/** A field that no column has, and one that hides its column. */
const shop = prisma.$extends({
  result: {
    product: {
      price: {
        needs: { priceCents: true },
        compute({ priceCents }) {
          computed++;
          return (priceCents / 100).toFixed(2);
        },
      },
    },
    user: { passwordHash: { needs: {}, compute: () => 'hidden' } },
  },
});

const anvil = () => shop.product.findFirstOrThrow();
const named = { where: { passwordHash: { startsWith: 'her' } } };

const uses: Record<string, () => Promise<unknown>> = {
  'price of a row': async () => (await anvil()).price,
  'price, nested': async () => {
    const acme = await shop.organisation.findFirstOrThrow({
      include: { products: true },
    });
    return acme.products[0]?.price;
  },
  'price, not selected': async () => {
    const select = { name: true };
    const row: object = await shop.product.findFirstOrThrow({ select });
    return 'price' in row;
  },
  'price, from $queryRaw': async () => {
    const rows = await shop.$queryRaw<object[]>`SELECT * FROM product`;
    return rows.some((row) => 'price' in row);
  },
  'price in where': () =>
    shop.product.count({ where: { price: '5.00' } as object }),
  'JSON.stringify': async () => {
    const text = JSON.stringify(await anvil());
    return text.includes('"price":"5.00"');
  },
  structuredClone: async () => structuredClone(await anvil()),

  'hash of a row': async () => {
    return (await shop.user.findFirstOrThrow()).passwordHash;
  },
  'hash in where': () => shop.user.count(named),
  'hash by _max': async () => {
    const { _max } = await shop.user.aggregate({
      _max: { passwordHash: true },
    });
    return _max.passwordHash;
  },
};
// #endregion results

const seen: unknown[] = [];
for (const [what, use] of Object.entries(uses)) {
  const value = await use().catch(({ name }: Error) => name);
  console.log(what.padEnd(24), value);
  seen.push(value);
}
assert.deepEqual(seen, [
  '5.00',
  '5.00',
  false,
  false,
  'PrismaClientValidationError',
  true,
  'DataCloneError',
  'hidden',
  1,
  'her hash',
]);

computed = 0;
const row = await anvil();
const before = computed;
assert.equal(row.price + row.price, '5.005.00');
console.log();
console.log(`computed ${before} times when read from the database,`);
console.log(`${computed} time when used twice`);
assert.deepEqual([before, computed], [0, 1]);
// "needs" is read from the database even if only the field is selected.
const select = { price: true };
assert.equal((await shop.product.findFirst({ select }))?.price, '5.00');
const { $on } = shop as { $on?: unknown };
const { $use } = prisma as { $use?: unknown };
assert.deepEqual([$on, $use], [undefined, undefined]);
assert.equal(typeof prisma.$on, 'function');

await prisma.product.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
