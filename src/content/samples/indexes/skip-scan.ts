import assert from 'node:assert/strict';
import { Client } from 'pg';
import { buffersOf, readPlanOf, scanOf } from './plan.ts';

const ROWS = 100_000;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS indexes_skip_scan CASCADE;
  CREATE SCHEMA indexes_skip_scan;
  SET search_path TO indexes_skip_scan;
  SET max_parallel_workers_per_gather = 0;
  CREATE TABLE event (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id int NOT NULL,
    minute    int NOT NULL
  ) WITH (autovacuum_enabled = off);
  -- ANALYZE looks at 300 rows for each step: enough for the whole table.
  ALTER TABLE event
    ALTER tenant_id SET STATISTICS 400,
    ALTER minute SET STATISTICS 400;
`);

// #region skip
/** The newest events of all tenants: nothing is said of the first column. */
const NEWEST = `SELECT id, tenant_id FROM event WHERE minute > ${ROWS - 20}`;

/** Fills the table for so many tenants, and finds the newest by an index. */
async function findNewest(tenants: number, columns: string) {
  await db.query('TRUNCATE event');
  await db.query(
    `INSERT INTO event (tenant_id, minute)
     SELECT n % $1, n FROM generate_series(1, ${ROWS}) AS n`,
    [tenants],
  );
  await db.query(`CREATE INDEX tried ON event ${columns}`);
  await db.query('VACUUM (ANALYZE) event');

  assert.equal((await db.query(NEWEST)).rowCount, 20);
  const plan = await readPlanOf(db, NEWEST);
  await db.query('DROP INDEX tried');
  const scan = scanOf(plan);
  return {
    // How often the index was entered from its root; absent without one.
    searches: scan['Index Searches'],
    buffers: buffersOf(plan),
    scan: scan['Node Type'],
  };
}
// #endregion skip

console.log('tenants  index                 reads    searches  buffers');
async function show(tenants: number, columns: string) {
  const found = await findNewest(tenants, columns);
  console.log(
    tenants.toLocaleString('en').padStart(7),
    '',
    columns.padEnd(21),
    found.scan === 'Seq Scan' ? 'table' : 'index',
    String(found.searches ?? '-').padStart(10),
    String(found.buffers).padStart(8),
  );
  return found;
}
const few = await show(4, '(tenant_id, minute)');
const more = await show(40, '(tenant_id, minute)');
const many = await show(4_000, '(tenant_id, minute)');
const own = await show(4_000, '(minute)');

// The index is entered once for each tenant, and once to see that none is left.
assert.equal(few.searches, 4 + 1);
assert.equal(more.searches, 40 + 1);
assert(few.buffers < more.buffers);
// For 4,000 tenants the planner gives up, and reads the whole table.
assert.equal(many.scan, 'Seq Scan');
assert(many.buffers > 5 * more.buffers);
assert.equal(own.searches, 1);
assert(own.buffers < few.buffers);

await db.query('DROP SCHEMA indexes_skip_scan CASCADE');
await db.end();
