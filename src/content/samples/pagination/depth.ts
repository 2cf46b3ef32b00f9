import assert from 'node:assert/strict';
import { Client } from 'pg';

const PAGE = 20;
const DEPTHS = [0, 30_000, 60_000, 90_000, 120_000, 150_000];

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS pagination_depth CASCADE;
  CREATE SCHEMA pagination_depth;
  SET search_path TO pagination_depth;

  CREATE TABLE post (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL,
    title      text NOT NULL
  );
  INSERT INTO post (created_at, title)
  SELECT timestamptz '2026-01-01 00:00Z' + n / 4 * interval '1 second',
         'Post ' || n
  FROM generate_series(1, 200000) AS n;
  CREATE INDEX post_newest ON post (created_at, id);
`);
// Without statistics the planner may choose to sort the whole table.
await db.query('VACUUM (ANALYZE) post');
// Each parallel worker would add what it happened to read.
await db.query('SET max_parallel_workers_per_gather = 0');

// The title lies in the table alone: every row of a page is read there.
const COLUMNS = 'id, title, created_at::text AS at';

/** The sort columns of a row: a page begins after one of these. */
type Key = { at: string; id: string };

type Statement = { text: string; values: unknown[] };

const byOffset = (skip: number, limit = PAGE): Statement => ({
  text: `SELECT ${COLUMNS} FROM post
    ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $1`,
  values: [skip, limit],
});

const byKeyset = (after: Key): Statement => ({
  text: `SELECT ${COLUMNS} FROM post
    WHERE (created_at, id) < ($1, $2)
    ORDER BY created_at DESC, id DESC LIMIT ${PAGE}`,
  values: [after.at, after.id],
});

const START: Key = { at: 'infinity', id: '9223372036854775807' };

/** The key of the last row that a page at this depth leaves behind. */
async function keyBefore(skip: number): Promise<Key> {
  if (skip === 0) return START;
  const { rows } = await db.query<Key>(byOffset(skip - 1, 1));
  assert(rows[0]);
  return rows[0];
}

type Plan = { 'Shared Hit Blocks': number; 'Shared Read Blocks': number };

/** Buffers of 8 KiB that a statement reads, from the cache or from disk. */
async function buffersOf({ text, values }: Statement): Promise<number> {
  const { rows } = await db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  );
  assert(rows[0]);
  // The top of the plan has counted what stands below it.
  const { Plan } = rows[0]['QUERY PLAN'][0];
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
}

function print(...columns: (string | number)[]) {
  console.log(columns.map((c) => c.toLocaleString('en').padStart(8)).join(''));
}

print('skipped', 'offset', 'keyset');
const measured: { skip: number; offset: number; keyset: number }[] = [];
for (const skip of DEPTHS) {
  const oneWay = byOffset(skip);
  const other = byKeyset(await keyBefore(skip));
  // The two must show the same posts, or their costs could not be compared.
  const { rows } = await db.query<Key>(oneWay);
  assert.equal(rows.length, PAGE);
  assert.deepEqual((await db.query(other)).rows, rows);
  const offset = await buffersOf(oneWay);
  const keyset = await buffersOf(other);
  print(skip, offset, keyset);
  measured.push({ skip, offset, keyset });
}

// Flat: a descent of the index, and the few pages that hold twenty rows.
assert(measured.every(({ keyset }) => keyset <= 6));
// A straight line: each 30,000 rows skipped cost as much as those before.
const steps = measured.slice(1).map(({ offset }, i) => {
  const before = measured[i];
  assert(before);
  return offset - before.offset;
});
assert(Math.min(...steps) > 300);
assert(Math.max(...steps) - Math.min(...steps) <= 5);

await db.query('DROP SCHEMA pagination_depth CASCADE');
await db.end();
