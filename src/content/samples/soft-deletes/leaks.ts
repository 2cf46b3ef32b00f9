import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

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
  data: { slug: 'shop', name: 'Shop' },
});
const { id: customerId } = await prisma.user.create({
  data: { email: 'ann@example.com', name: 'Ann' },
});
const product = (sku: string, stock: number) =>
  prisma.product.create({
    data: { organisationId, sku, name: sku, priceCents: 100, stock },
  });
await product('cup', 5);
const { id } = await product('pot', 7);

// #region leaks
/** "Deletes" the pot. */
await prisma.product.update({
  where: { id },
  data: { deletedAt: new Date() },
});

/** The list, as it was changed when soft deletes came. */
const list = () =>
  prisma.product.findMany({ where: { organisationId, deletedAt: null } });

type Named = { sku: string };
const isPot = ({ sku }: Named) => sku === 'pot';

/** Code that was there before, or was written since: is the pot there? */
const OTHERS: Record<string, () => Promise<boolean | undefined>> = {
  'findUnique, for its page': async () =>
    (await prisma.product.findUnique({ where: { id } })) !== null,

  'include, on the shop': async () => {
    const shop = await prisma.organisation.findFirst({
      include: { products: true },
    });
    return shop?.products.some(isPot);
  },

  'where on a relation': async () => {
    const shops = await prisma.organisation.findMany({
      where: { products: { some: { sku: 'pot' } } },
    });
    return shops.length === 1;
  },

  count: async () =>
    (await prisma.product.count({ where: { organisationId } })) === 2,

  'aggregate, of the stock': async () => {
    const { _sum } = await prisma.product.aggregate({
      _sum: { stock: true },
    });
    return _sum.stock === 12;
  },

  groupBy: async () =>
    (await prisma.product.groupBy({ by: ['sku'] })).some(isPot),

  'updateMany, of all prices': async () => {
    const data = { priceCents: 200 };
    return (await prisma.product.updateManyAndReturn({ data })).some(isPot);
  },

  $queryRaw: async () =>
    (await prisma.$queryRaw<Named[]>`SELECT sku FROM product`).some(isPot),

  'a new order for it': async () => {
    const line = { productId: id, quantity: 1, priceCents: 100 };
    const { lines } = await prisma.order.create({
      data: {
        organisationId,
        customerId,
        totalCents: 100,
        lines: { create: line },
      },
      include: { lines: { include: { product: true } } },
    });
    return lines.some(({ product }) => isPot(product));
  },
};
// #endregion leaks

const found: string[] = [];
const tell = (what: string, told: string) => {
  found.push(told);
  console.log(`  ${what.padEnd(28)}`, told);
};
console.log('the pot has been deleted');
tell(
  'findMany, deletedAt: null',
  (await list()).some(isPot) ? 'there' : 'gone',
);
for (const [what, isThere] of Object.entries(OTHERS)) {
  tell(what, (await isThere()) ? 'there' : 'gone');
}
const again: unknown = await product('pot', 1).catch((error: unknown) => error);
assert(again instanceof Prisma.PrismaClientKnownRequestError);
tell('its SKU, used again', again.code);
assert.deepEqual(found, [
  'gone',
  ...Array.from({ length: 9 }, () => 'there'),
  'P2002',
]);

await emptied();
await prisma.$disconnect();
