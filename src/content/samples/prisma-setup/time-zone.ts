import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { PrismaClient } from '../prisma/client/client.ts';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query('DELETE FROM user_account');
const { rows } = await db.query<{ id: string }>(
  `INSERT INTO user_account (email, name)
   VALUES ('ann@example.com', 'Ann') RETURNING id`,
);
const userId = rows[0]?.id ?? '';

// #region zone
const noon = new Date('2026-01-01T12:00:00Z');
const eleven = new Date('2026-01-01T11:00:00Z');

/** Two sessions that expire at noon UTC, written in two ways. */
async function inZone(zone: string) {
  const prisma = new PrismaClient({
    adapter: new PrismaPg({
      connectionString: process.env.DATABASE_URL,
      max: 1, // so that what is set holds for all of the queries
    }),
  });
  // What a server, a database or a role may have as its default.
  await prisma.$queryRaw`SELECT set_config('TimeZone', ${zone}, false)`;

  await prisma.session.create({
    data: { tokenHash: 'by Prisma', userId, expiresAt: noon },
  });
  await db.query(
    `INSERT INTO session (token_hash, user_id, expires_at)
     VALUES ('by SQL', $1, '2026-01-01 12:00:00Z')`,
    [userId],
  );
  const byPrisma = await prisma.session.findMany({
    orderBy: { tokenHash: 'asc' },
  });
  const expired = await prisma.session.findMany({
    where: { expiresAt: { lt: eleven } },
  });
  await prisma.$disconnect();

  const { rows: inTable } = await db.query<{ at: string }>(
    `SELECT to_char(expires_at AT TIME ZONE 'UTC', 'HH24:MI') AS at
     FROM session ORDER BY token_hash`,
  );
  await db.query('DELETE FROM session');
  return { byPrisma, expired, inTable };
}
// #endregion zone

const seen: string[][] = [];
function print(what: string, values: string[]) {
  console.log(
    what.padEnd(20),
    values
      .map((v) => v.padEnd(11))
      .join('')
      .trim(),
  );
  seen.push(values);
}
print('expires at noon', ['by Prisma', 'by SQL']);
for (const zone of ['UTC', 'America/New_York']) {
  const { byPrisma, expired, inTable } = await inZone(zone);
  console.log(zone);
  print(
    '  in the table',
    inTable.map(({ at }) => at),
  );
  print(
    '  read by Prisma',
    byPrisma.map(({ expiresAt }) => expiresAt.toISOString().slice(11, 16)),
  );
  const gone = expired.map(({ tokenHash }) => tokenHash);
  print(
    '  expired at 11:00',
    ['by Prisma', 'by SQL'].map((by) => (gone.includes(by) ? 'yes' : 'no')),
  );
}
assert.deepEqual(seen.slice(1), [
  ['12:00', '12:00'],
  ['12:00', '12:00'],
  ['no', 'no'],
  ['17:00', '12:00'],
  ['12:00', '07:00'],
  ['no', 'yes'],
]);

// A server with one session keeps what was set.
await db.query('RESET TIME ZONE');
await db.query('DELETE FROM user_account');
await db.end();
