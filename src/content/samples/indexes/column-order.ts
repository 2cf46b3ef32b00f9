import assert from 'node:assert/strict';
import { Client } from 'pg';
import { buffersOf, readPlanOf, scanOf } from './plan.ts';

const SIZES = [25_000, 50_000, 100_000, 200_000];
const PER_CUSTOMER = 50;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS indexes_column_order CASCADE;
  CREATE SCHEMA indexes_column_order;
  SET search_path TO indexes_column_order;
  -- A plan with parallel workers would count what each happened to read.
  SET max_parallel_workers_per_gather = 0;
  -- VACUUM marks a page as visible to all once its commit is on disk.
  SET synchronous_commit = on;

  CREATE TABLE purchase (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id int NOT NULL,
    created_at  timestamptz NOT NULL,
    total_cents int NOT NULL
  ) WITH (autovacuum_enabled = off);
`);

/** One purchase a minute; each customer has fifty, spread over all time. */
async function fill(rows: number) {
  await db.query('TRUNCATE purchase');
  await db.query(`
    INSERT INTO purchase (customer_id, created_at, total_cents)
    SELECT n % ${rows / PER_CUSTOMER},
           timestamptz '2026-01-01 00:00Z' + n * interval '1 minute',
           n % 5000
    FROM generate_series(1, ${rows}) AS n
  `);
}

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));

// #region order
const RECENT = `SELECT created_at, total_cents FROM purchase
  WHERE customer_id = $1 AND created_at >= $2
  ORDER BY created_at DESC`;

const INDEXES = {
  none: '',
  created_first: '(created_at, customer_id)',
  customer_first: '(customer_id, created_at)',
  covering: '(customer_id, created_at) INCLUDE (total_cents)',
};

/** How one customer's purchases since mid-time are found, index by index. */
async function comparePlans(rows: number) {
  await fill(rows);
  const values = [42, minute(rows / 2)];
  const results = [];
  for (const [name, columns] of Object.entries(INDEXES)) {
    if (columns) await db.query(`CREATE INDEX tried ON purchase ${columns}`);
    // Without fresh statistics the planner guesses.
    await db.query('VACUUM (ANALYZE) purchase');

    const { rowCount } = await db.query(RECENT, values);
    assert.equal(rowCount, PER_CUSTOMER / 2);
    const plan = await readPlanOf(db, RECENT, values);
    results.push({ name, buffers: buffersOf(plan), scan: scanOf(plan) });
    await db.query('DROP INDEX IF EXISTS tried');
  }
  return results;
}
// #endregion order

const names = Object.keys(INDEXES);
console.log('rows'.padStart(7), names.map((n) => n.padStart(15)).join(''));
const buffers = new Map<string, number[]>(names.map((name) => [name, []]));
for (const rows of SIZES) {
  const results = await comparePlans(rows);
  const counts = results.map((result) => result.buffers.toLocaleString('en'));
  console.log(
    rows.toLocaleString('en').padStart(7),
    counts.map((count) => count.padStart(15)).join(''),
  );
  for (const { name, buffers: read } of results) buffers.get(name)?.push(read);

  // Both orders are used, and both plans name both columns as a condition:
  // the plan's words do not tell the two apart, only its buffers do.
  const [none, createdFirst, customerFirst, covering] = results;
  assert.equal(none?.scan['Node Type'], 'Seq Scan');
  for (const result of [createdFirst, customerFirst]) {
    assert.match(result?.scan['Node Type'] ?? '', /Index Scan$/);
    assert.match(result?.scan['Index Cond'] ?? '', /customer_id = 42/);
    assert.match(result?.scan['Index Cond'] ?? '', /created_at >= /);
  }
  assert.equal(covering?.scan['Node Type'], 'Index Only Scan');
  assert.equal(covering.scan['Heap Fetches'], 0);
}

// Eight times the rows: two columns of the output grow with them, two do not.
const growth = (name: string) => {
  const counts = buffers.get(name) ?? [];
  return (counts.at(-1) ?? NaN) / (counts[0] ?? NaN);
};
assert(growth('none') > 7);
assert(growth('created_first') > 5);
assert(growth('customer_first') < 1.1);
assert(growth('covering') < 2);

// An index-only scan visits the table again for pages changed since VACUUM.
await db.query(`CREATE INDEX tried ON purchase ${INDEXES.covering}`);
await db.query('UPDATE purchase SET customer_id = 42 WHERE customer_id = 42');
const values = [42, minute(100_000)];
const changed = scanOf(await readPlanOf(db, RECENT, values));
assert.equal(changed['Node Type'], 'Index Only Scan');
assert((changed['Heap Fetches'] ?? 0) >= PER_CUSTOMER / 2);
await db.query('VACUUM purchase');
const vacuumed = scanOf(await readPlanOf(db, RECENT, values));
assert.equal(vacuumed['Heap Fetches'], 0);

await db.query('DROP SCHEMA indexes_column_order CASCADE');
await db.end();
