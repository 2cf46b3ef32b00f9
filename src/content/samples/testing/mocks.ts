import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client, type DatabaseError } from 'pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const connectionString = process.env.DATABASE_URL;
const client = new Client({ connectionString });
await client.connect();
await client.query(`
  DROP SCHEMA IF EXISTS testing_mocks CASCADE;
  CREATE SCHEMA testing_mocks;
  SET search_path TO testing_mocks;
  CREATE TABLE desk (name text PRIMARY KEY);
  CREATE TABLE booking (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    desk text NOT NULL REFERENCES desk,
    day  date NOT NULL,
    CONSTRAINT booking_desk_day_key UNIQUE (desk, day)
  );
  INSERT INTO desk VALUES ('A1');
  INSERT INTO booking (desk, day) VALUES ('A1', '2026-05-04');
`);
const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString }),
});
await prisma.user.deleteMany();
await prisma.user.create({ data: { email: 'ada@example.com', name: 'Ada' } });

interface Database {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}
type Users = {
  create: (args: { data: { email: string; name: string } }) => Promise<unknown>;
};

// #region functions
const rows = (...found: Record<string, unknown>[]): Database => ({
  query: () => Promise.resolve({ rows: found, rowCount: found.length }),
});
const refusal = (constraint: string): Database => ({
  query: () => Promise.reject(Object.assign(new Error(), { constraint })),
});

/** Each has a mistake, and a mock that was written with the same one. */
const tests = {
  'a column is misspelt': {
    mock: rows({ id: 2 }),
    expected: 1,
    async run(db: Database) {
      const text = `INSERT INTO booking (desk, dya) VALUES ('A1', $1)`;
      return (await db.query(text, ['2026-05-05'])).rowCount;
    },
  },
  'a desk is still booked': {
    mock: rows({}),
    expected: 1,
    run: async (db: Database) =>
      (await db.query(`DELETE FROM desk WHERE name = 'A1'`)).rowCount,
  },
  'a constraint has another name': {
    mock: refusal('booking_desk_day_idx'),
    expected: 409,
    async run(db: Database) {
      const text = `INSERT INTO booking (desk, day) VALUES ('A1', $1)`;
      try {
        await db.query(text, ['2026-05-04']);
        return 201;
      } catch (error) {
        const { constraint } = error as DatabaseError;
        return constraint === 'booking_desk_day_idx' ? 409 : 500;
      }
    },
  },
  'a count is text': {
    mock: rows({ booked: 1 }),
    expected: 2,
    async run(db: Database) {
      const text = 'SELECT count(*) AS booked FROM booking';
      const [first] = (await db.query(text)).rows;
      return (first?.['booked'] as number) + 1;
    },
  },
  'a day is a Date': {
    mock: rows({ day: '2026-05-04' }),
    expected: 'string',
    async run(db: Database) {
      const [first] = (await db.query('SELECT day FROM booking')).rows;
      return typeof first?.['day'];
    },
  },
};
// #endregion functions

/** How Prisma 6 reported that the address is taken. */
const likeVersion6 = new Prisma.PrismaClientKnownRequestError('', {
  code: 'P2002',
  clientVersion: '6',
  meta: { target: ['email'] },
});

async function signUp({ create }: Users) {
  try {
    await create({ data: { email: 'ada@example.com', name: 'Ada' } });
    return 201;
  } catch (error) {
    const { meta } = error as Prisma.PrismaClientKnownRequestError;
    const target = meta?.['target'] as string[] | undefined;
    return target?.includes('email') ? 409 : 500;
  }
}

/** `passes`, or what came instead. */
async function verdict(result: Promise<unknown>, expected: unknown) {
  try {
    const found = await result;
    return found === expected ? 'passes' : `${JSON.stringify(found)}`;
  } catch (error) {
    return `SQLSTATE ${(error as DatabaseError).code}`;
  }
}

const found: string[][] = [];
for (const [name, test] of Object.entries(tests)) {
  const mocked = await verdict(test.run(test.mock), test.expected);
  found.push([name, mocked, await verdict(test.run(client), test.expected)]);
}
found.push([
  'Prisma has no meta.target',
  await verdict(signUp({ create: () => Promise.reject(likeVersion6) }), 409),
  await verdict(signUp({ create: (args) => prisma.user.create(args) }), 409),
]);

const line = ([name = '', mocked = '', real = '']: string[]) =>
  `${name.padEnd(32)}${mocked.padEnd(10)}${real}`;
console.log(line(['what the mock does not know', 'mocked', 'real']));
for (const row of found) console.log(line(row));
assert(found.every(([, mocked]) => mocked === 'passes'));
assert.deepEqual(
  found.map(([, , real]) => real),
  ['SQLSTATE 42703', 'SQLSTATE 23503', '500', '"11"', '"object"', '500'],
);

await client.query('DROP SCHEMA testing_mocks CASCADE');
await client.end();
await prisma.user.deleteMany();
await prisma.$disconnect();
