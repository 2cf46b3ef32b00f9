import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client, types } from 'pg';
import { z } from 'zod';
import { PrismaClient } from '../prisma/client/client.ts';

const ZONES = ['America/Los_Angeles', 'UTC', 'Europe/Berlin'];

// #region dates
/** A birthday that goes to a browser and back, and is saved, three times. */
async function savedThrice(db: Client): Promise<string> {
  await db.query(`
    CREATE TEMP TABLE person (born date);
    INSERT INTO person VALUES ('1990-05-04');
  `);
  for (let save = 0; save < 3; save++) {
    const { rows } = await db.query('SELECT born FROM person');
    const form: unknown = JSON.parse(JSON.stringify(rows[0]));
    const { born } = z.object({ born: z.string() }).parse(form);
    await db.query('UPDATE person SET born = $1', [born]);
  }
  const { rows } = await db.query<{ born: string }>(
    'SELECT born::text FROM person',
  );
  return rows[0]?.born ?? '';
}

/** `date` (type 1082) stays the text that PostgreSQL sends. */
const datesAsText = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 1082 && format !== 'binary'
      ? (value: string) => value
      : (types.getTypeParser(oid, format) as (value: string) => unknown),
};

/** The moment that `pg` takes a `timestamp` without a zone for. */
async function momentOf(db: Client): Promise<string> {
  const { rows } = await db.query<{ at: Date }>(
    `SELECT timestamp '2026-11-23 12:00' AS at`,
  );
  return rows[0]?.at.toISOString().slice(11, 16) ?? '';
}
// #endregion dates

const connectionString = process.env.DATABASE_URL;

async function connected<T>(
  config: { types?: typeof datesAsText },
  work: (db: Client) => Promise<T>,
): Promise<T> {
  const db = new Client({ connectionString, ...config });
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end();
  }
}

/** A date as Prisma returns it: midnight in UTC, wherever it runs. */
async function byPrisma(): Promise<string> {
  const prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString }),
  });
  const [row] = await prisma.$queryRaw<{ born: Date }[]>`
    SELECT date '1990-05-04' AS born`;
  await prisma.$disconnect();
  return row?.born.toISOString().slice(0, 10) ?? '';
}

const Row = z.tuple([z.string(), z.string(), z.string(), z.string()]);

// The program runs itself in each zone: a process has one.
if (process.env.READS_AS_CHILD) {
  const row: z.infer<typeof Row> = [
    await connected({}, savedThrice),
    await connected({ types: datesAsText }, savedThrice),
    await byPrisma(),
    await connected({}, momentOf),
  ];
  console.log(JSON.stringify(row));
} else {
  const run = promisify(execFile);
  const print = (...cells: string[]) =>
    console.log(
      cells
        .map((cell, i) => cell.padEnd([21, 13, 13, 13, 0][i] ?? 0))
        .join('')
        .trimEnd(),
    );
  print('TZ of the process', 'saved as', 'saved as', 'Prisma', 'timestamp');
  print('', 'a Date', 'text', 'reads', "'12:00'");
  const found: string[] = [];
  for (const TZ of ZONES) {
    const { stdout } = await run(process.execPath, [import.meta.filename], {
      env: { ...process.env, TZ, READS_AS_CHILD: 'yes' },
    });
    const row = Row.parse(JSON.parse(stdout));
    print(TZ, ...row.slice(0, 3), `${row[3]}Z`);
    found.push(row.join(' '));
  }
  assert.deepEqual(found, [
    '1990-05-04 1990-05-04 1990-05-04 20:00',
    '1990-05-04 1990-05-04 1990-05-04 12:00',
    '1990-05-01 1990-05-04 1990-05-04 11:00',
  ]);
}
