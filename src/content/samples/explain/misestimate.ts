import assert from 'node:assert/strict';
import { Client } from 'pg';
import { buffersOf, printSteps, warmStepsOf } from './plan.ts';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS explain_misestimate CASCADE;
  CREATE SCHEMA explain_misestimate;
  SET search_path TO explain_misestimate;
  SET max_parallel_workers_per_gather = 0;
`);

// #region estimate
await db.query(`
  CREATE TABLE customer (
    id      int PRIMARY KEY,
    country text NOT NULL,
    city    text NOT NULL
  ) WITH (autovacuum_enabled = off);
  -- Every city lies in one of the twenty countries, two cities in each.
  INSERT INTO customer
  SELECT n, 'country ' || n % 20, 'city ' || n % 40
  FROM generate_series(1, 20000) AS n;
`);
await addPurchases(); // Five of each customer.
await db.query('VACUUM (ANALYZE) customer, purchase');

const REVENUE = `
  SELECT sum(total) FROM customer
  JOIN purchase ON purchase.customer_id = customer.id
  WHERE country = 'country 7' AND city = 'city 7'`;

// Tells the planner that the city decides the country.
const STATISTICS = `
  CREATE STATISTICS customer_place (dependencies)
  ON country, city FROM customer`;

const independent = await warmStepsOf(db, REVENUE);
await db.query(STATISTICS);
// The object is empty until the table is analysed again.
await db.query('ANALYZE customer');
const dependent = await warmStepsOf(db, REVENUE);
// #endregion estimate

async function addPurchases() {
  await db.query(`
    CREATE TABLE purchase (
      id          int PRIMARY KEY,
      customer_id int NOT NULL REFERENCES customer,
      total       int NOT NULL
    ) WITH (autovacuum_enabled = off);
    INSERT INTO purchase
    SELECT n, 1 + n * 7919 % 20000, n % 500
    FROM generate_series(1, 100000) AS n;
    CREATE INDEX ON purchase (customer_id);
    -- ANALYZE looks at 300 rows for each step: enough for the whole table.
    ALTER TABLE purchase ALTER customer_id SET STATISTICS 400;
  `);
}

console.log('country and city taken as independent');
printSteps(independent);
console.log('\nafter CREATE STATISTICS and ANALYZE');
printSteps(dependent);
console.log(
  `\nbuffers in all: ${buffersOf(independent).toLocaleString('en')} and ` +
    buffersOf(dependent).toLocaleString('en'),
);

const stepOf = (steps: typeof independent, table: string) => {
  const step = steps.find(({ name }) => name.endsWith(` ${table}`));
  assert(step);
  return step;
};
const [before, after] = [independent, dependent].map((steps) =>
  stepOf(steps, 'customer'),
);
// 1 in 20 and 1 in 40 make 1 in 800, if they are independent.
assert.equal(before?.estimated, 20_000 / (20 * 40));
assert.equal(before.actual, 500);
assert.equal(after?.estimated, 500);
assert(independent.some(({ name }) => name === 'Nested Loop'));
assert(dependent.some(({ name }) => name === 'Hash Join'));
assert(buffersOf(independent) > 3 * buffersOf(dependent));

await db.query('DROP SCHEMA explain_misestimate CASCADE');
await db.end();
