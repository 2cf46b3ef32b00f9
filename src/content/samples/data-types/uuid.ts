import assert from 'node:assert/strict';
import { Client } from 'pg';

const ROWS = 30_000;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS data_types_uuid CASCADE;
  CREATE SCHEMA data_types_uuid;
  SET search_path TO data_types_uuid;
  SET max_parallel_workers_per_gather = 0;
`);

// #region ids
// Hashes laid out as version 4: as random as uuidv4(), and the same again.
const V4 = `overlay(overlay(md5(n::text) placing '4' from 13)
                    placing 'a' from 17)::uuid`;

/** The type of a key, and the value of its n-th row. */
const KEYS = {
  bigint: ['bigint', 'n'],
  'uuid, version 7': ['uuid', 'uuidv7()'],
  'uuid, version 4': ['uuid', V4],
  'version 4 as text': ['text', `(${V4})::text`],
} as const;

const fill = ([type, value]: readonly [string, string]) => `
  DROP TABLE IF EXISTS event;
  CREATE TABLE event (id ${type} PRIMARY KEY, n int NOT NULL)
    WITH (autovacuum_enabled = off);
  INSERT INTO event SELECT ${value}, n
  FROM generate_series(1, ${ROWS}) AS n;
`;

/** The hundred rows that came last, looked up by their keys. */
const LATEST = `
  SELECT n FROM event WHERE id = ANY(ARRAY(
    SELECT id FROM event WHERE n > ${ROWS - 100}
  ))`;
// #endregion ids

/** Pages of 8 KiB that a table or an index takes up. */
async function pagesOf(relation: string): Promise<number> {
  const { rows } = await db.query<{ pages: number }>(
    'SELECT (pg_relation_size($1::regclass) / 8192)::int AS pages',
    [relation],
  );
  return rows[0]?.pages ?? NaN;
}

type Plan = { 'Node Type': string; Plans?: Plan[] } & Record<string, unknown>;
function indexScanOf(plan: Plan): Plan | undefined {
  if (plan['Node Type'].startsWith('Index')) return plan;
  for (const below of plan.Plans ?? []) {
    const found = indexScanOf(below);
    if (found) return found;
  }
  return undefined;
}

async function pagesReadFor(select: string): Promise<number> {
  await db.query('VACUUM (ANALYZE) event');
  await db.query('SET enable_bitmapscan = off');
  const { rows } = await db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${select}`,
  );
  const [row] = rows;
  assert(row);
  const root = row['QUERY PLAN'][0].Plan;
  const scan = indexScanOf(root);
  assert(scan);
  // What the subquery read to find the keys is not what is asked.
  const own = (plan: Plan) =>
    Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks']);
  const below = (scan.Plans ?? []).map(own);
  return below.reduce((left, pages) => left - pages, own(scan));
}

const found: Record<string, { index: number; read: number }> = {};
console.log(`${ROWS} rows`.padEnd(20), 'index pages  buffers, last 100');
for (const [name, key] of Object.entries(KEYS)) {
  await db.query(fill(key));
  const index = await pagesOf('event_pkey');
  const read = await pagesReadFor(LATEST);
  found[name] = { index, read };
  console.log(
    name.padEnd(20),
    String(index).padStart(11),
    String(read).padStart(21),
  );
}
const sizeOf = (name: keyof typeof KEYS) => found[name]?.index ?? NaN;
assert(sizeOf('uuid, version 4') > 1.2 * sizeOf('uuid, version 7'));
assert(sizeOf('version 4 as text') > 1.5 * sizeOf('uuid, version 4'));
const readOf = (name: keyof typeof KEYS) => found[name]?.read ?? NaN;
assert(readOf('uuid, version 4') > 10 * readOf('uuid, version 7'));

const { rows } = await db.query<{ v7: boolean; v4: boolean }>(`
  SELECT abs(extract(epoch FROM
           uuid_extract_timestamp(uuidv7()) - clock_timestamp())) < 60 AS v7,
         uuid_extract_timestamp(uuidv4()) IS NULL AS v4`);
console.log();
console.log('version 7 tells when it was made  ', rows[0]?.v7);
console.log('version 4 tells nothing           ', rows[0]?.v4);
assert.deepEqual(rows, [{ v7: true, v4: true }]);

await db.query('DROP SCHEMA data_types_uuid CASCADE');
await db.end();
