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
const { id } = await prisma.product.create({
  data: { organisationId, sku: 'A', name: 'Anvil', priceCents: 5 },
});

// #region ways
type Tx = Prisma.TransactionClient;
const where = { id };

/** Reads the stock, decides in JavaScript, writes what is left. */
async function readThenWrite(tx: Tx, bothHaveRead: () => Promise<void>) {
  const { stock } = await tx.product.findUniqueOrThrow({ where });
  await bothHaveRead();
  if (stock < 60) return 'sold out';
  await tx.product.update({ where, data: { stock: stock - 60 } });
  return 'sold';
}

/** Lets the statement decide: a count of 0 is a refusal. */
async function conditional(tx: Tx, bothHaveRead: () => Promise<void>) {
  await bothHaveRead();
  const { count } = await tx.product.updateMany({
    where: { id, stock: { gte: 60 } },
    data: { stock: { decrement: 60 } },
  });
  return count === 1 ? 'sold' : 'sold out';
}

/** Two requests buy 60 of a stock of 100. */
const ways: Record<string, (gate: () => Promise<void>) => Promise<string>> = {
  readThenWrite: (gate) => prisma.$transaction((tx) => readThenWrite(tx, gate)),

  atSerializable: (gate) =>
    prisma.$transaction((tx) => readThenWrite(tx, gate), {
      isolationLevel: 'Serializable',
    }),

  withRetry: (gate) => serializable(prisma, (tx) => readThenWrite(tx, gate)),

  conditional: (gate) => prisma.$transaction((tx) => conditional(tx, gate)),
};
// #endregion ways

/** Opens when two have come, and stays open: a retry does not wait. */
function gateForTwo(): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let came = 0;
  return () => {
    if (++came === 2) resolve();
    return promise;
  };
}

const codeOf = (error: unknown) => {
  assert(error instanceof Prisma.PrismaClientKnownRequestError);
  return error.code;
};
const seen: Record<string, string> = {};
console.log('way'.padEnd(16), 'the two requests'.padEnd(18), 'stock');
for (const [way, buy] of Object.entries(ways)) {
  await prisma.product.update({ where, data: { stock: 100 } });
  const gate = gateForTwo();
  const both = await Promise.all(
    [buy(gate), buy(gate)].map((bought) => bought.catch(codeOf)),
  );
  // Which of the two wins is the database's choice.
  const told = both.sort().join(', ');
  const { stock } = await prisma.product.findUniqueOrThrow({ where });
  console.log(way.padEnd(16), told.padEnd(18), stock);
  seen[way] = `${told}: ${stock}`;
}
assert.deepEqual(seen, {
  readThenWrite: 'sold, sold: 40',
  atSerializable: 'P2034, sold: 40',
  withRetry: 'sold, sold out: 40',
  conditional: 'sold, sold out: 40',
});

await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
