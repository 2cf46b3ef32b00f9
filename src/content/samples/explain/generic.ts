import assert from 'node:assert/strict';
import { Client } from 'pg';
import { buffersOf, warmStepsOf } from './plan.ts';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS explain_generic CASCADE;
  CREATE SCHEMA explain_generic;
  SET search_path TO explain_generic;
  SET max_parallel_workers_per_gather = 0;
  CREATE TABLE customer (
    id      int PRIMARY KEY,
    country text NOT NULL
  ) WITH (autovacuum_enabled = off);
  -- Twenty customers are in Malta, and all others in Germany.
  INSERT INTO customer
  SELECT n, CASE WHEN n % 1000 = 0 THEN 'Malta' ELSE 'Germany' END
  FROM generate_series(1, 20000) AS n;
  CREATE INDEX ON customer (country);
  CREATE TABLE purchase (
    id          int PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customer,
    total       int NOT NULL
  ) WITH (autovacuum_enabled = off);
  INSERT INTO purchase
  SELECT n, 1 + n * 7919 % 20000, n % 500 FROM generate_series(1, 100000) AS n;
  CREATE INDEX ON purchase (customer_id);
  -- ANALYZE looks at 300 rows for each step: enough for the whole table.
  ALTER TABLE purchase ALTER customer_id SET STATISTICS 400;
`);
await db.query('VACUUM (ANALYZE) customer, purchase');

// #region generic
type Country = 'Malta' | 'Germany';
type Mode = 'auto' | 'force_custom_plan';

const REVENUE = `
  SELECT sum(total) FROM customer
  JOIN purchase ON purchase.customer_id = customer.id
  WHERE country = $1`;

/** What Malta's revenue reads, after five questions for `country`. */
async function readAfter(country: Country, mode: Mode) {
  await db.query(`SET plan_cache_mode = ${mode}`);
  // With a name, pg has the statement prepared once for each connection.
  const name = `revenue_${country}_${mode}`;
  for (let i = 0; i < 5; i += 1) {
    await db.query({ name, text: REVENUE, values: [country] });
  }

  // As one tries a slow query by hand, with the value in its place.
  const byHand = await warmStepsOf(db, REVENUE.replace('$1', `'Malta'`));
  // The application's statement, with the plan that it has by now.
  const prepared = await warmStepsOf(db, `EXECUTE "${name}" ('Malta')`);
  return { byHand, prepared };
}
// #endregion generic

const WIDTHS = [13, 19, 18, 0];
const print = (...cells: string[]) =>
  console.log(cells.map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0)).join(''));

print('five before', 'plan_cache_mode', 'by hand', 'prepared');
async function show(country: Country, mode: Mode) {
  const { byHand, prepared } = await readAfter(country, mode);
  const told = (steps: typeof byHand) => {
    const join = steps.find(({ name }) => /Join|Loop/.test(name));
    return `${join?.name}, ${buffersOf(steps)}`;
  };
  print(country, mode, told(byHand), told(prepared));
  return { byHand: buffersOf(byHand), prepared: buffersOf(prepared) };
}
const malta = await show('Malta', 'auto');
const germany = await show('Germany', 'auto');
const custom = await show('Germany', 'force_custom_plan');

// The same query, the same value: what differs is who asked before.
assert(malta.byHand < 200);
assert.deepEqual(malta.prepared, malta.byHand);
assert.equal(germany.byHand, malta.byHand);
assert(germany.prepared > 3 * germany.byHand);
assert.deepEqual(custom, malta);

await db.query('DROP SCHEMA explain_generic CASCADE');
await db.end();
