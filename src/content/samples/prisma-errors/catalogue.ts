import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';
import { problemOf } from './problems.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

// A constraint that the shop lacks, and four columns and tables that have
// drifted from the schema, as after a migration by hand.
const drift = [
  'ALTER TABLE product ADD CONSTRAINT product_stock_check CHECK (stock >= 0)',
  'ALTER TABLE product ALTER deleted_at SET NOT NULL',
  'ALTER TABLE organisation ALTER name TYPE varchar(10)',
  'ALTER TABLE membership RENAME role TO duty',
  'ALTER TABLE payment RENAME TO payments',
];
const repair = [
  'ALTER TABLE payments RENAME TO payment',
  'ALTER TABLE membership RENAME duty TO role',
  'ALTER TABLE organisation ALTER name TYPE text',
  'ALTER TABLE product ALTER deleted_at DROP NOT NULL',
  'ALTER TABLE product DROP CONSTRAINT product_stock_check',
];
for (const statement of drift) await prisma.$executeRawUnsafe(statement);

const ada = await prisma.user.create({
  data: { email: 'ada@example.com', name: 'Ada' },
});
const acme = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
const deletedAt = new Date(0);
const nut = { sku: 'NUT', name: 'Nut', priceCents: 5, deletedAt };
const { id } = await prisma.product.create({
  data: { ...nut, organisationId: acme.id },
});
const NOBODY = '00000000-0000-7000-8000-000000000000';
const none = { where: { id: NOBODY } };
const newProduct = (changed: Partial<Prisma.ProductUncheckedCreateInput>) =>
  prisma.product.create({
    data: { ...nut, sku: 'NEW', organisationId: acme.id, ...changed },
  });

// #region cases
const cases: Record<string, () => Promise<unknown>> = {
  'e-mail is taken': () =>
    prisma.user.create({ data: { email: ada.email, name: 'Eve' } }),
  '  the INSERT, raw': () => prisma.$executeRaw`
    INSERT INTO user_account (email, name) VALUES (${ada.email}, 'Eve')`,
  '  with skipDuplicates': async () => {
    const data = { email: ada.email, name: 'Eve' };
    const skipDuplicates = true;
    const { count } = await prisma.user.createMany({ data, skipDuplicates });
    return `${count} rows`;
  },
  'organisation does not exist': () => newProduct({ organisationId: NOBODY }),
  '  the same by connect': () =>
    prisma.product.create({
      data: { ...nut, organisation: { connect: { id: NOBODY } } },
    }),
  'organisation has products': () =>
    prisma.organisation.delete({ where: { id: acme.id } }),
  'stock below zero, a CHECK': () =>
    prisma.product.update({ where: { id }, data: { stock: -1 } }),
  '  the UPDATE, raw': () => prisma.$executeRaw`
    UPDATE product SET stock = -1 WHERE id = ${id}::uuid`,

  'update nobody': () => prisma.user.update({ ...none, data: { name: 'X' } }),
  'delete nobody': () => prisma.user.delete(none),
  'findUniqueOrThrow nobody': () => prisma.user.findUniqueOrThrow(none),
  'updateMany nobody': async () =>
    `${(await prisma.user.updateMany({ ...none, data: {} })).count} rows`,

  'id is no UUID': () => prisma.user.findUnique({ where: { id: '42' } }),
  'price 3,000,000,000 in int4': () => newProduct({ priceCents: 3e9 }),
  'price 1.5 in int4': async () =>
    `stored ${(await newProduct({ priceCents: 1.5 })).priceCents}`,
  'name longer than varchar(10)': () =>
    prisma.organisation.create({ data: { slug: 'x', name: 'x'.repeat(11) } }),
  'zero byte in a name': () =>
    prisma.user.create({ data: { email: 'zero@x', name: 'A\u0000' } }),
  'argument that is unknown': () =>
    prisma.user.findMany({ orderBy: { ['salary' as 'name']: 'asc' } }),
  'negative skip': () => prisma.user.findMany({ skip: -1 }),

  'null in a NOT NULL column': () => newProduct({ deletedAt: null }),
  'column is missing': () => prisma.membership.findMany(),
  'table is missing': () => prisma.payment.findMany(),
  'syntax error, raw': () => prisma.$queryRawUnsafe('SELEC 1'),
  'transaction past its timeout': () =>
    prisma.$transaction(() => sleep(200), { timeout: 20 }),
  'BigInt in a response': async () => {
    const data = { action: 'login', entity: 'user', entityId: ada.id };
    JSON.stringify(await prisma.auditEntry.create({ data }));
  },
};
// #endregion cases

/** SQLSTATE, from a place in `meta` that is not documented: to look at. */
function sqlStateOf(error: Prisma.PrismaClientKnownRequestError): string {
  const { driverAdapterError } = error.meta ?? {};
  const { cause } = (driverAdapterError ?? {}) as {
    cause?: { originalCode?: string };
  };
  return cause?.originalCode ?? '-';
}

/** What a case throws, and the status that `problems.ts` gives it. */
async function outcomeOf(act: () => Promise<unknown>, method = 'POST') {
  try {
    return ['no error', String(await act())];
  } catch (error) {
    assert(error instanceof Error);
    const name = error.name.replace('PrismaClient', '');
    const status = problemOf(error, method)?.status ?? 500;
    return error instanceof Prisma.PrismaClientKnownRequestError
      ? [name, error.code, sqlStateOf(error), String(status)]
      : [name, '-', '-', String(status)];
  }
}

const WIDTHS = [29, 19, 5, 8];
const print = (...columns: string[]) =>
  console.log(
    columns
      .map((column, i) => column.padEnd(WIDTHS[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );

print('what', 'class', 'code', 'SQLSTATE', 'status');
const seen: Record<string, string> = {};
for (const [what, act] of Object.entries(cases)) {
  const method = what === 'organisation has products' ? 'DELETE' : 'POST';
  const outcome = await outcomeOf(act, method);
  print(what, ...outcome);
  seen[what.trim()] = outcome.slice(1).join(' ');
}
assert.deepEqual(seen, {
  'e-mail is taken': 'P2002 23505 409',
  'the INSERT, raw': 'P2010 23505 409',
  'with skipDuplicates': '0 rows',
  'organisation does not exist': 'P2003 23503 422',
  'the same by connect': 'P2025 - 404',
  // PostgreSQL 17 says 23503 here as well.
  'organisation has products': 'P2003 23001 409',
  'stock below zero, a CHECK': 'P2039 23514 409',
  'the UPDATE, raw': 'P2010 23514 409',
  'update nobody': 'P2025 - 404',
  'delete nobody': 'P2025 - 404',
  'findUniqueOrThrow nobody': 'P2025 - 404',
  'updateMany nobody': '0 rows',
  'id is no UUID': 'P2007 22P02 400',
  'price 3,000,000,000 in int4': 'P2020 22003 400',
  'price 1.5 in int4': 'stored 1',
  'name longer than varchar(10)': 'P2000 22001 400',
  'zero byte in a name': 'P2039 22021 400',
  'argument that is unknown': '- - 500',
  'negative skip': '- - 500',
  'null in a NOT NULL column': 'P2011 23502 500',
  'column is missing': 'P2022 42703 500',
  'table is missing': 'P2021 42P01 500',
  'syntax error, raw': 'P2010 42601 500',
  'transaction past its timeout': 'P2028 - 503',
  'BigInt in a response': '- - 500',
});

// In raw SQL each of them is P2010, and gets the status all the same.
for (const [statement, state, status] of [
  ["UPDATE organisation SET name = 'longer than ten'", '22001', '400'],
  ['UPDATE product SET price_cents = 3000000000', '22003', '400'],
  ["SELECT 'x'::uuid", '22P02', '400'],
  [`UPDATE product SET organisation_id = '${NOBODY}'`, '23503', '422'],
  ['DELETE FROM organisation', '23001', '409'],
] as const) {
  const raw = () => prisma.$executeRawUnsafe(statement);
  const outcome = await outcomeOf(raw);
  assert.deepEqual(outcome.slice(1), ['P2010', state, status]);
  // A row in use is no fault of the request's body, so nothing points there.
  if (state !== '23001') continue;
  const error: unknown = await raw().catch((caught: unknown) => caught);
  assert.equal(problemOf(error, 'POST')?.errors, undefined);
}

// The BigInt broke the response, not the write: a retry writes it again.
assert.equal(await prisma.auditEntry.count(), 1);

// What the errors know: a client must see none of it.
const thrownBy = (act: () => Promise<unknown>) =>
  act().then(
    () => assert.fail('nothing was thrown'),
    (error: unknown) => error as Error,
  );
const unknownColumn = await thrownBy(cases['argument that is unknown']!);
assert(unknownColumn.message.includes('passwordHash'));
const refusedRow = await thrownBy(cases['stock below zero, a CHECK']!);
assert(JSON.stringify(refusedRow).includes('Failing row contains'));

for (const statement of repair) await prisma.$executeRawUnsafe(statement);
await prisma.auditEntry.deleteMany();
await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.user.deleteMany();
await prisma.$disconnect();
