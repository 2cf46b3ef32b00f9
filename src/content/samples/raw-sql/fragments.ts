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
const hash = 'c0ffee';
await prisma.user.create({
  data: { name: 'Ann', email: 'ann@example.com', passwordHash: hash },
});
// By name A, B, C; by price C, A, B.
for (const [name, priceCents] of [
  ['A', 200],
  ['B', 300],
  ['C', 100],
] as const) {
  await prisma.product.create({
    data: { organisationId, sku: name, name, priceCents },
  });
}

// #region fragments
type Named = { name: string }[];

/** Sends the column as a value: every row has the same one. */
const byParameter = (sort: string) =>
  prisma.$queryRaw<Named>`
    SELECT name FROM product ORDER BY ${sort} DESC, name`;

/** Puts the input into the statement. */
const byRaw = (sort: string) =>
  prisma.$queryRaw<Named>`
    SELECT name FROM product ORDER BY ${Prisma.raw(sort)} DESC, name`;

const SORTS = new Map([
  ['price', Prisma.sql`price_cents`],
  ['name', Prisma.sql`name`],
]);

/** Lets the input choose between fragments that we wrote. */
function byList(sort: string) {
  const column = SORTS.get(sort);
  if (!column) throw new RangeError(`cannot sort by ${sort}`);
  return prisma.$queryRaw<Named>`
    SELECT name FROM product ORDER BY ${column} DESC, name`;
}

const inParameter = (names: string[]) =>
  prisma.$queryRaw<Named>`
    SELECT name FROM product WHERE name IN (${names})`;

const inJoin = (names: string[]) =>
  prisma.$queryRaw<Named>`
    SELECT name FROM product WHERE name IN (${Prisma.join(names)})`;

const anyOf = (names: string[]) =>
  prisma.$queryRaw<Named>`
    SELECT name FROM product WHERE name = ANY(${names})`;
// #endregion fragments

const show = async (what: string, rows: () => Promise<Named>) => {
  const outcome = await (async () => rows())().then(
    (found) => found.map(({ name }) => name).join(' ') || 'nothing',
    ({ name }: Error) => name,
  );
  console.log(what.padEnd(30), outcome);
  return outcome;
};
const seen = [
  await show('byParameter price_cents', () => byParameter('price_cents')),
  await show('byRaw       price_cents', () => byRaw('price_cents')),
  await show('byList      price', () => byList('price')),
  await show('byList      password_hash', () => byList('password_hash')),
  await show('inParameter A, B', () => inParameter(['A', 'B'])),
  await show('inJoin      A, B', () => inJoin(['A', 'B'])),
  await show('inJoin      empty list', () => inJoin([])),
  await show('anyOf       A, B', () => anyOf(['A', 'B'])),
  await show('anyOf       empty list', () => anyOf([])),
];
assert.deepEqual(seen, [
  'A B C',
  'B A C',
  'B A C',
  'RangeError',
  'nothing',
  'A B',
  'TypeError',
  'A B',
  'nothing',
]);

// The order of the rows answers one question about any table.
let guessed = '';
let requests = 0;
while (guessed.length < hash.length && requests < 1_000) {
  for (const digit of '0123456789abcdef') {
    requests++;
    const [first] = await byRaw(`(
      SELECT CASE WHEN password_hash LIKE '${guessed}${digit}%'
        THEN price_cents ELSE -price_cents END FROM user_account)`);
    if (first?.name !== 'B') continue;
    guessed += digit;
    break;
  }
}
console.log();
console.log(`byRaw: the hash ${guessed} in ${requests} requests`);
assert.equal(guessed, hash);

// A pattern is a value, but a wildcard in it stays a wildcard.
const byContains = (text: string) =>
  prisma.product.count({ where: { name: { contains: text } } });
assert.deepEqual(
  [await byContains('%'), await byContains('_'), await byContains('\\%')],
  [3, 3, 0],
);

await prisma.product.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
