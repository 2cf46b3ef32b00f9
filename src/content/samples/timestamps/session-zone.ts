import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    // The zone belongs to a connection: there is one, and it stays.
    max: 1,
    idleTimeoutMillis: 0,
  }),
});

// #region zone
const NOON = '2026-11-23T12:00:00.000Z';

/** Writes noon by Prisma, and reads what is in the column. */
async function written(): Promise<string | undefined> {
  const { id } = await prisma.user.create({
    data: { email: 'ann@example.com', name: 'Ann', createdAt: NOON },
  });
  const [row] = await prisma.$queryRaw<{ stored: string }[]>`
    SELECT to_char(created_at AT TIME ZONE 'UTC', 'HH24:MI') AS stored
    FROM user_account WHERE id = ${id}::uuid`;
  return row?.stored;
}

/** Noon as another program wrote it, read by Prisma. */
async function read(): Promise<string | undefined> {
  await prisma.$executeRaw`
    UPDATE user_account SET created_at = '2026-11-23 12:00:00+00'`;
  const user = await prisma.user.findFirst();
  return user?.createdAt.toISOString().slice(11, 16);
}

/** Hours between now and what `@default(now())` has stored. */
async function defaultIsOff(): Promise<number | undefined> {
  await prisma.user.deleteMany();
  await prisma.user.create({
    data: { email: 'ben@example.com', name: 'Ben' },
  });
  const [row] = await prisma.$queryRaw<{ hours: number }[]>`
    SELECT round(extract(epoch FROM created_at - now()) / 3600)::int AS hours
    FROM user_account`;
  return row?.hours;
}
// #endregion zone

const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([30, 8, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
await prisma.$executeRaw`SET TIME ZONE 'UTC'`;
const inUtc: unknown[] = [];
const inTokyo: unknown[] = [];
for (const [zone, found] of [
  ['UTC', inUtc],
  ['Asia/Tokyo', inTokyo],
] as const) {
  await prisma.user.deleteMany();
  await prisma.$executeRaw`SELECT set_config('TimeZone', ${zone}, false)`;
  found.push(await written(), await read(), await defaultIsOff());
}
await prisma.$executeRaw`SET TIME ZONE 'UTC'`;
print('time zone of the session', 'UTC', 'Asia/Tokyo');
[
  'noon by Prisma, stored (UTC)',
  'noon in the table, read (UTC)',
  '@default(now()), hours off',
].forEach((what, i) => print(what, String(inUtc[i]), String(inTokyo[i])));
assert.deepEqual(inUtc, ['12:00', '12:00', 0]);
assert.deepEqual(inTokyo, ['03:00', '21:00', -9]);

await prisma.user.deleteMany();
await prisma.$disconnect();
