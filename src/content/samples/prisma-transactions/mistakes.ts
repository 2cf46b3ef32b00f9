import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

// One connection, as in a pool whose others are taken.
const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    max: 1,
  }),
  // Far more than needed, so that a slow machine prints the same.
  transactionOptions: { maxWait: 30_000, timeout: 60_000 },
});

// #region mistakes
const user = (name: string) => ({ name, email: `${name}@example.com` });
const entry = (entityId: string) => ({
  action: 'sign-up',
  entity: 'User',
  entityId,
});

/** Each signs Ben up and writes an audit entry. Ann is there already. */
const signUps: Record<string, (timeout: number) => Promise<unknown>> = {
  otherClientInside: (timeout) =>
    prisma.$transaction(
      async (tx) => {
        await tx.user.create({ data: user('ben') });
        // Not `tx`: it waits for the connection that `tx` holds.
        await prisma.auditEntry.create({ data: entry('ben') });
        await tx.user.count();
      },
      { timeout }, // by default 5,000
    ),

  notAwaited: () =>
    prisma.$transaction(async (tx) => {
      await tx.user.create({ data: user('ben') });
      // eslint-disable-next-line @typescript-eslint/no-floating-promises
      tx.auditEntry.create({ data: entry('ben') });
    }),

  errorSwallowed: () =>
    prisma.$transaction(async (tx) => {
      await tx.user.create({ data: user('ben') });
      await tx.auditEntry.create({ data: entry('ben') });
      // "Invite Ann as well, if she is not here yet."
      await tx.user.create({ data: user('ann') }).catch(isTaken);
    }),

  errorInNested: () =>
    prisma.$transaction(async (tx) => {
      await tx.user.create({ data: user('ben') });
      await tx.auditEntry.create({ data: entry('ben') });
      // A transaction in a transaction is a savepoint, since 7.5.
      await tx
        .$transaction((inner) => inner.user.create({ data: user('ann') }))
        .catch(isTaken);
    }),

  refusedByReturn: () =>
    prisma.$transaction(async (tx) => {
      const ben = await tx.user.create({ data: user('ben') });
      const entries = await tx.auditEntry.count();
      if (entries === 0) return null;
      return tx.auditEntry.create({ data: entry(ben.id) });
    }),

  refusedByThrow: () =>
    prisma.$transaction(async (tx) => {
      const ben = await tx.user.create({ data: user('ben') });
      const entries = await tx.auditEntry.count();
      if (entries === 0) throw new Error('refused');
      return tx.auditEntry.create({ data: entry(ben.id) });
    }),
};
// #endregion mistakes

/** Lets an expected duplicate pass, and nothing else. */
function isTaken(error: unknown): null {
  if (isKnown(error) && error.code === 'P2002') return null;
  throw error;
}
function isKnown(error: unknown) {
  return error instanceof Prisma.PrismaClientKnownRequestError;
}

/** What a sign-up told the client, and what it left behind. */
async function outcomeOf(signUp: (timeout: number) => Promise<unknown>) {
  // A slow machine may use up the time before the second query: then with
  // more. The first to end so late that there is an entry counts.
  for (const timeout of [1_000, 10_000, 60_000]) {
    await prisma.auditEntry.deleteMany();
    await prisma.user.deleteMany();
    await prisma.user.create({ data: user('ann') });
    const told = await signUp(timeout).then(
      () => 'fine',
      (error: Error) => (isKnown(error) ? error.code : error.message),
    );
    const users = await prisma.user.findMany({ orderBy: { name: 'asc' } });
    const entries = await prisma.auditEntry.count();
    const names = users.map(({ name }) => name).join();
    if (told !== 'P2028' || entries > 0) return { told, names, entries };
  }
  throw new Error('timed out before it wrote anything');
}

console.log('way'.padEnd(20), 'told    ', 'users  ', 'entries');
const seen: Record<string, string> = {};
for (const [way, signUp] of Object.entries(signUps)) {
  const { told, names, entries } = await outcomeOf(signUp);
  console.log(way.padEnd(20), told.padEnd(8), names.padEnd(8), entries);
  seen[way] = `${told} ${names} ${entries}`;
}
await prisma.auditEntry.deleteMany();
await prisma.user.deleteMany();
assert.deepEqual(seen, {
  otherClientInside: 'P2028 ann 1',
  notAwaited: 'fine ann,ben 0',
  errorSwallowed: 'fine ann 0',
  errorInNested: 'fine ann,ben 1',
  refusedByReturn: 'fine ann,ben 0',
  refusedByThrow: 'refused ann 0',
});
await prisma.$disconnect();
