import assert from 'node:assert/strict';
import { Client } from 'pg';
import { planOf } from './plan.ts';

const ROWS = 20_000;
const SEEN = 1_000;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();

/** An empty table with these indexes. A fifth of each page is kept free. */
async function startAgain(indexes: string[]) {
  await db.query(`
    DROP SCHEMA IF EXISTS indexes_write_cost CASCADE;
    CREATE SCHEMA indexes_write_cost;
    SET search_path TO indexes_write_cost;
    CREATE TABLE device (
      id        int PRIMARY KEY,
      tenant_id int NOT NULL,
      model     int NOT NULL,
      broken    boolean NOT NULL,
      last_seen int NOT NULL
    ) WITH (fillfactor = 80, autovacuum_enabled = off);
  `);
  for (const index of indexes) {
    await db.query(`CREATE INDEX ON device ${index}`);
  }
}

/** Heap-only updates of this transaction: those that left the indexes alone. */
async function hotUpdates(): Promise<number> {
  const { rows } = await db.query<{ hot: string }>(
    `SELECT n_tup_hot_upd AS hot FROM pg_stat_xact_user_tables
     WHERE relid = 'device'::regclass`,
  );
  return Number(rows[0]?.hot ?? 0);
}

// #region cost
/** Records in the write-ahead log for the same rows, by their indexes. */
async function writeCost(indexes: string[]) {
  await startAgain(indexes);
  const inserted = await planOf(
    db,
    `INSERT INTO device (id, tenant_id, model, broken, last_seen)
     SELECT n, n % 50, n * 7919 % ${ROWS}, n % 100 = 0, 0
     FROM generate_series(1, ${ROWS}) AS n`,
  );
  await db.query('VACUUM (ANALYZE) device');

  await db.query('BEGIN');
  const before = await hotUpdates();
  // Every twentieth device reports that it is alive.
  const updated = await planOf(
    db,
    `UPDATE device SET last_seen = last_seen + id
     WHERE id % ${ROWS / SEEN} = 0`,
  );
  const hot = (await hotUpdates()) - before;
  await db.query('COMMIT');
  return {
    insert: inserted['WAL Records'],
    update: updated['WAL Records'],
    hot,
  };
}

/** Indexes that no statement has read since the counters began. */
async function unreadIndexes(schema: string): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT indexrelname AS name
     FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)
     WHERE schemaname = $1 AND idx_scan = 0
       -- A unique index is at work without ever being scanned.
       AND NOT indisunique
     ORDER BY name`,
    [schema],
  );
  return rows.map((row) => row.name);
}
// #endregion cost

console.log(
  'indexes next to the primary key'.padEnd(47),
  'insert'.padStart(6),
  'update'.padStart(7),
  'HOT'.padStart(7),
);
async function show(...indexes: string[]) {
  const cost = await writeCost(indexes);
  // Splits of a page add a record here and there, hence per row.
  const perRow = { insert: cost.insert / ROWS, update: cost.update / SEEN };
  console.log(
    (indexes.join(', ') || 'none').padEnd(47),
    perRow.insert.toFixed(1).padStart(6),
    perRow.update.toFixed(1).padStart(7),
    cost.hot.toLocaleString('en').padStart(7),
  );
  return { ...perRow, hot: cost.hot };
}
const none = await show();
const two = await show('(tenant_id)', '(model)');
const include = await show('(tenant_id) INCLUDE (last_seen)', '(model)');
const partial = await show(
  '(tenant_id)',
  '(model)',
  '(last_seen) WHERE broken',
);
const three = await show('(tenant_id)', '(model)', '(last_seen)');

// An index adds one record for each row that it holds.
const near = (value: number, expected: number) =>
  assert(Math.abs(value - expected) < 0.1, `${value}, not ${expected}`);
near(two.insert - none.insert, 2);
near(include.insert - two.insert, 0);
near(partial.insert - two.insert, 0);
near(three.insert - two.insert, 1);
// An update that no index has a column of is written once ...
assert.equal(none.hot, SEEN);
assert.equal(two.hot, SEEN);
near(two.update, 1);
// ... any other once for the row and once for each index that holds the row,
// be the column a key, included, or in an index that the row is not part of.
for (const cost of [include, partial, three]) assert.equal(cost.hot, 0);
near(include.update, 1 + 3);
assert(partial.update > 1 + 3);
near(three.update, 1 + 4);

await db.query('SELECT count(*) FROM device WHERE tenant_id = 7');
// A session hands its counts in once a second; this program has no time.
await db.query('SELECT pg_stat_force_next_flush()');
const unread = await unreadIndexes('indexes_write_cost');
console.log('never read:', unread.join(', '));
assert.deepEqual(unread, ['device_last_seen_idx', 'device_model_idx']);

await db.query('DROP SCHEMA indexes_write_cost CASCADE');
await db.end();
