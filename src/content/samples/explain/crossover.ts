import assert from 'node:assert/strict';
import { Client } from 'pg';
import { buffersOf, stepsOf, warmStepsOf } from './plan.ts';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS explain_crossover CASCADE;
  CREATE SCHEMA explain_crossover;
  SET search_path TO explain_crossover;
  SET max_parallel_workers_per_gather = 0;
  CREATE TABLE customer (id int PRIMARY KEY)
    WITH (autovacuum_enabled = off);
  INSERT INTO customer SELECT generate_series(1, 20000);
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

/** What the planner takes if nothing is forbidden, and what each way reads. */
async function joinOf(customers: number) {
  const query = `SELECT sum(total) FROM customer
    JOIN purchase ON purchase.customer_id = customer.id
    WHERE customer.id <= ${customers}`;
  const chosen = await stepsOf(db, query);
  const read = async (forbidden: string[]) => {
    for (const way of forbidden) await db.query(`SET ${way} = off`);
    const steps = await warmStepsOf(db, query);
    for (const way of forbidden) await db.query(`RESET ${way}`);
    return buffersOf(steps);
  };
  return {
    customers,
    nested_loop: await read(['enable_hashjoin', 'enable_mergejoin']),
    hash_join: await read(['enable_nestloop', 'enable_mergejoin']),
    planner: chosen.find(({ name }) => name.match(/Join|Loop/))?.name ?? '',
  };
}

const seen: Awaited<ReturnType<typeof joinOf>>[] = [];
console.log('customers  nested_loop  hash_join  planner');
for (const customers of [1, 25, 100, 200, 300, 400, 500]) {
  const join = await joinOf(customers);
  seen.push(join);
  console.log(
    String(join.customers).padStart(9),
    join.nested_loop.toLocaleString('en').padStart(12),
    String(join.hash_join).padStart(10),
    ` ${join.planner}`,
  );
}

// Each customer costs a descent of the index, and the five rows it finds.
const [first, second, ...rest] = seen;
const last = rest.at(-1);
assert(first && second && last);
assert(second.nested_loop < second.hash_join / 3);
assert(last.nested_loop > 6 * last.hash_join);
// The whole table costs the same, however many rows are wanted of it.
assert(last.hash_join - first.hash_join <= 2);
assert.equal(second.planner, 'Nested Loop');
assert.equal(last.planner, 'Hash Join');

await db.query('DROP SCHEMA explain_crossover CASCADE');
await db.end();
