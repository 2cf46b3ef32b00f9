import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.product.deleteMany();
await prisma.user.deleteMany();
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
await prisma.user.create({
  data: { name: 'Ann', email: 'ann@example.com', passwordHash: 'her hash' },
});
await prisma.product.createMany({
  data: ['Anvil', 'Bolt', 'Crane'].map((name) => ({
    organisationId,
    sku: name,
    name,
    priceCents: 500,
  })),
});

// #region searches
type Search = (name: string) => Promise<{ name: string }[]>;

const searches: Record<string, Search> = {
  concatenated: (name) =>
    prisma.$queryRawUnsafe(`SELECT name FROM product WHERE name = '${name}'`),

  // The tag is there, and Prisma.raw takes the parameter out of it again.
  rawInTemplate: (name) =>
    prisma.$queryRaw`
      SELECT name FROM product WHERE name = '${Prisma.raw(name)}'`,

  // The text was complete before the tag saw it.
  builtFirst: (name) => {
    const text = `SELECT name FROM product WHERE name = '${name}'`;
    return prisma.$queryRaw(Prisma.sql([text]));
  },

  // "Unsafe" with a placeholder: the value travels beside the text.
  placeholder: (name) =>
    prisma.$queryRawUnsafe('SELECT name FROM product WHERE name = $1', name),

  tagged: (name) =>
    prisma.$queryRaw`SELECT name FROM product WHERE name = ${name}`,
};

const inputs = {
  honest: 'Anvil',
  everything: "' OR '1'='1",
  union: "' UNION SELECT password_hash FROM user_account --",
  stacked: "'; UPDATE product SET price_cents = 1; --",
};
// #endregion searches

const injected: string[] = [];
const columns = Object.keys(inputs).map((name) => name.padEnd(12));
console.log(''.padEnd(14), columns.join('').trimEnd());
for (const [way, search] of Object.entries(searches)) {
  const outcomes: string[] = [];
  for (const [what, input] of Object.entries(inputs)) {
    const found = await search(input).then(
      (rows) => rows.map(({ name }) => name).sort(),
      ({ name }: Error) => [name],
    );
    // A result for each statement is more than Prisma expects.
    if (found.includes('TypeError')) assert.equal(what, 'stacked');
    const cheap = await prisma.product.updateMany({
      where: { priceCents: 1 },
      data: { priceCents: 500 },
    });
    assert.equal(cheap.count > 0, found.includes('TypeError'));
    const outcome = found.includes('her hash')
      ? 'her hash'
      : cheap.count > 0
        ? `${cheap.count} repriced`
        : `${found.length} found`;
    outcomes.push(outcome.padEnd(12));
    const harmless = what === 'honest' ? '1 found' : '0 found';
    if (outcome !== harmless) injected.push(`${way} ${what}`);
  }
  console.log(way.padEnd(14), outcomes.join('').trimEnd());
}
assert.deepEqual(
  injected,
  ['concatenated', 'rawInTemplate', 'builtFirst'].flatMap((way) =>
    ['everything', 'union', 'stacked'].map((what) => `${way} ${what}`),
  ),
);

await prisma.product.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
