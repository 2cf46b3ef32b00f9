import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';
import { buffersOf, readPlanOf, scanOf } from './plan.ts';

// ANALYZE looks at 30,000 rows: it knows all of this table, in every run.
const ROWS = 30_000;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS indexes_unusable CASCADE;
  CREATE SCHEMA indexes_unusable;
  SET search_path TO indexes_unusable;
  SET max_parallel_workers_per_gather = 0;

  CREATE TABLE account (
    id         int PRIMARY KEY,
    -- Sorted by the rules of a language, as in most databases.
    email      text COLLATE "und-x-icu" NOT NULL,
    active     boolean NOT NULL,
    created_at timestamptz NOT NULL
  ) WITH (autovacuum_enabled = off);

  -- 1,440 accounts were made each day; one in a hundred is not active.
  INSERT INTO account
  SELECT n, 'User' || n || '@example.com', n % 100 <> 0,
         timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
  FROM generate_series(1, ${ROWS}) AS n;
`);

// #region conditions
type Question = { where: string; values?: string[]; indexes: string[] };

/** Each index stands alone when its question is asked. */
const QUESTIONS: Question[] = [
  {
    where: 'lower(email) = $1',
    values: ['user123@example.com'],
    indexes: ['(email)', '(lower(email))'],
  },
  {
    where: 'email ILIKE $1',
    values: ['user123@example.com'],
    indexes: ['(email)', '(lower(email))'],
  },
  {
    where: "email LIKE ($1 || '%')",
    values: ['User12'],
    indexes: ['(email)', '(email text_pattern_ops)', '(email COLLATE "C")'],
  },
  {
    where: 'created_at::date = $1',
    values: ['2026-01-05'],
    indexes: ['(created_at)'],
  },
  {
    where: 'created_at >= $1 AND created_at < $2',
    values: ['2026-01-05T00:00Z', '2026-01-06T00:00Z'],
    indexes: ['(created_at)'],
  },
  { where: 'active', indexes: ['(active)'] },
  {
    where: 'NOT active ORDER BY created_at LIMIT 20',
    indexes: ['(active)', '(created_at)', '(created_at) WHERE NOT active'],
  },
];
// #endregion conditions

/** Pages of 8 KiB that a table or an index takes up. */
async function sizeOf(relation: string): Promise<number> {
  const { rows } = await db.query<{ pages: number }>(
    `SELECT (pg_relation_size($1::regclass) / 8192)::int AS pages`,
    [relation],
  );
  return rows[0]?.pages ?? NaN;
}

const found = new Map<string, { scan: string; buffers: number }>();
await db.query('VACUUM account');
console.log('index alone on the table'.padEnd(36), 'pages   read, buffers');
for (const { where, values, indexes } of QUESTIONS) {
  console.log('WHERE', where);
  for (const index of indexes) {
    await db.query(`CREATE INDEX tried ON account ${index}`);
    // An index on an expression has statistics of its own.
    await db.query('ANALYZE account');
    const select = `SELECT id, email, created_at FROM account WHERE ${where}`;
    const plan = await readPlanOf(db, select, values);
    const size = await sizeOf('tried');
    await db.query('DROP INDEX tried');

    const type = scanOf(plan)['Node Type'];
    const scan = type === 'Seq Scan' ? 'table' : 'index';
    const buffers = buffersOf(plan);
    found.set(`${where} by ${index}`, { scan, buffers });
    console.log(
      '  ' + index.padEnd(34),
      String(size).padStart(5),
      `  ${scan}`,
      String(buffers).padStart(8),
    );
  }
}

const pages = await sizeOf('account');
const useless = [
  'lower(email) = $1 by (email)',
  'email ILIKE $1 by (email)',
  'email ILIKE $1 by (lower(email))',
  "email LIKE ($1 || '%') by (email)",
  'created_at::date = $1 by (created_at)',
  'active by (active)',
];
for (const [name, { scan, buffers }] of found) {
  assert.equal(scan, useless.includes(name) ? 'table' : 'index', name);
  if (scan === 'table') assert.equal(buffers, pages, name);
}
const oldest = 'NOT active ORDER BY created_at LIMIT 20';
const partial = found.get(`${oldest} by (created_at) WHERE NOT active`);
// An index on the flag is used, and reads more than the table has.
assert((found.get(`${oldest} by (active)`)?.buffers ?? 0) > pages);
assert((partial?.buffers ?? pages) < pages / 10);

// The day depends on the session's time zone, so it cannot be indexed at all.
const error: unknown = await db
  .query('CREATE INDEX tried ON account ((created_at::date))')
  .catch((caught: unknown) => caught);
assert(error instanceof DatabaseError);
console.log('CREATE INDEX ... ((created_at::date))');
console.log(' ', error.code, error.message);
assert.equal(error.code, '42P17');

await db.query('DROP SCHEMA indexes_unusable CASCADE');
await db.end();
