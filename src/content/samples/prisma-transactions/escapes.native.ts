import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';

// A pool with free connections, so that nothing waits.
const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  // Far more than needed, so that a slow machine prints the same.
  transactionOptions: { maxWait: 30_000, timeout: 60_000 },
});
await prisma.user.deleteMany();

// #region escapes
const user = (name: string) => ({
  data: { name, email: `${name}@example.com` },
});

/** Each writes two users inside a transaction that refuses at its end. */
const ways: Record<string, () => Promise<never>> = {
  twoQueries: () =>
    prisma.$transaction(async (tx) => {
      await tx.user.create(user('ann'));
      await tx.user.create(user('ben'));
      throw new Error('refused');
    }),

  callbackInside: () =>
    prisma.$transaction(async (tx) => {
      await tx.$transaction(async (inner) => {
        await inner.user.create(user('ann'));
        await inner.user.create(user('ben'));
      });
      throw new Error('refused');
    }),

  listInside: () =>
    prisma.$transaction(async (tx) => {
      await tx.$transaction([
        tx.user.create(user('ann')),
        tx.user.create(user('ben')),
      ]);
      throw new Error('refused');
    }),

  otherClientInside: () =>
    prisma.$transaction(async (tx) => {
      await tx.user.create(user('ann'));
      await prisma.user.create(user('ben'));
      throw new Error('refused');
    }),
};
// #endregion escapes

const seen: Record<string, string> = {};
console.log('way'.padEnd(20), 'told    ', 'stored');
for (const [way, write] of Object.entries(ways)) {
  const told = await write().catch(({ message }: Error) => message);
  const users = await prisma.user.findMany({ orderBy: { name: 'asc' } });
  const names = users.map(({ name }) => name).join(', ') || 'nobody';
  console.log(way.padEnd(20), told.padEnd(8), names);
  seen[way] = `${told}: ${names}`;
  await prisma.user.deleteMany();
}
assert.deepEqual(seen, {
  twoQueries: 'refused: nobody',
  callbackInside: 'refused: nobody',
  listInside: 'refused: ann, ben',
  otherClientInside: 'refused: ben',
});
await prisma.$disconnect();
