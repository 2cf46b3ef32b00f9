import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';
import { serializable } from './serializable.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  // Far more than needed, so that a slow machine prints the same.
  transactionOptions: { maxWait: 30_000, timeout: 60_000 },
});
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
async function idOfNew(sku: string) {
  const data = { organisationId, sku, name: sku, priceCents: 5 };
  return (await prisma.product.create({ data })).id;
}
const id = await idOfNew('A');
const other = await idOfNew('B');

// #region ways
type Tx = Prisma.TransactionClient;
type Gate = () => Promise<void>;

/** Reads the stock of A, decides in JavaScript, writes what is left. */
async function readThenWrite(tx: Tx, bothHaveRead: Gate) {
  const { stock } = await tx.product.findUniqueOrThrow({ where: { id } });
  await bothHaveRead();
  if (stock < 60) return 'sold out';
  await tx.product.update({ where: { id }, data: { stock: stock - 60 } });
  return 'sold';
}

/** The same on raw SQL. */
async function rawThenWrite(tx: Tx, bothHaveRead: Gate) {
  const [row] = await tx.$queryRaw<[{ stock: number }]>`
    SELECT stock FROM product WHERE id = ${id}::uuid`;
  await bothHaveRead();
  if (row.stock < 60) return 'sold out';
  await tx.$executeRaw`
    UPDATE product SET stock = ${row.stock - 60}::int WHERE id = ${id}::uuid`;
  return 'sold';
}

/** Reads the stock of A and B together; one buyer takes of A, one of B. */
async function totalThenWrite(tx: Tx, bothHaveWritten: Gate, mine: string) {
  const { _sum } = await tx.product.aggregate({ _sum: { stock: true } });
  if ((_sum.stock ?? 0) < 100) return 'sold out';
  await tx.product.update({
    where: { id: mine },
    data: { stock: { decrement: 60 } },
  });
  await bothHaveWritten();
  return 'sold';
}

/** Lets the statement decide: a count of 0 is a refusal. */
async function conditional(tx: Tx, bothAreHere: Gate) {
  await bothAreHere();
  const { count } = await tx.product.updateMany({
    where: { id, stock: { gte: 60 } },
    data: { stock: { decrement: 60 } },
  });
  return count === 1 ? 'sold' : 'sold out';
}
// #endregion ways

type Act = (tx: Tx, gate: Gate, mine: string) => Promise<string>;
type Run = (act: (tx: Tx) => Promise<string>) => Promise<string>;
const byDefault: Run = (act) => prisma.$transaction(act);
const atSerializable: Run = (act) =>
  prisma.$transaction(act, { isolationLevel: 'Serializable' });
const withRetry: Run = (act) => serializable(prisma, act);

/** Opens when two have come, and stays open: a retry does not wait. */
function gateForTwo(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  let came = 0;
  return () => {
    if (++came === 2) resolve();
    return promise;
  };
}

/** What a buyer is told whose transaction failed. */
const faultOf = (error: Error) =>
  error instanceof Prisma.PrismaClientKnownRequestError
    ? error.code
    : error.name;

const seen: string[] = [];
console.log('two buyers take 60 each'.padEnd(30), 'told'.padEnd(27), 'left');
/** Two buyers at once. Which of the two wins is the database's choice. */
async function race(act: Act, run: Run, ofA: number, ofB: number) {
  await prisma.product.update({ where: { id }, data: { stock: ofA } });
  await prisma.product.update({
    where: { id: other },
    data: { stock: ofB },
  });
  const gate = gateForTwo();
  const both = await Promise.all(
    [id, other].map((mine) => run((tx) => act(tx, gate, mine)).catch(faultOf)),
  );
  const told = both.sort().join(', ');
  const { _sum } = await prisma.product.aggregate({ _sum: { stock: true } });
  const what = `${act.name}, ${run.name}`;
  console.log(what.padEnd(30), told.padEnd(27), _sum.stock);
  seen.push(`${told}: ${_sum.stock}`);
}
const runs = [byDefault, atSerializable, withRetry];
for (const run of runs) await race(readThenWrite, run, 100, 0);
for (const run of runs) await race(rawThenWrite, run, 100, 0);
for (const run of runs) await race(totalThenWrite, run, 60, 60);
await race(conditional, byDefault, 100, 0);
assert.deepEqual(seen, [
  'sold, sold: 40',
  'P2034, sold: 40',
  'sold, sold out: 40',
  'sold, sold: 40',
  'P2010, sold: 40',
  'sold, sold out: 40',
  'sold, sold: 0',
  'DriverAdapterError, sold: 60',
  'sold, sold out: 60',
  'sold, sold out: 40',
]);

await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
