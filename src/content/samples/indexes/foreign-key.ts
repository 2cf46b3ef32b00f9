import assert from 'node:assert/strict';
import { Client } from 'pg';
import { planOf, scanOf } from './plan.ts';

const PURCHASES = 100_000;
const TO_DELETE = 20;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS indexes_foreign_key CASCADE;
  CREATE SCHEMA indexes_foreign_key;
  SET search_path TO indexes_foreign_key;

  CREATE TABLE customer (id int PRIMARY KEY);
  CREATE TABLE purchase (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customer,
    created_at  int NOT NULL,
    open        boolean NOT NULL
  ) WITH (autovacuum_enabled = off);

  -- Customers 1 to 1,000 bought something; the twenty after them never did.
  INSERT INTO customer SELECT generate_series(1, 1000 + ${TO_DELETE});
  INSERT INTO purchase (customer_id, created_at, open)
  SELECT n % 1000 + 1, n, n % 50 = 0
  FROM generate_series(1, ${PURCHASES}) AS n;
`);
await db.query('VACUUM (ANALYZE) customer, purchase');

// #region delete
/** Purchases read so far, by table scans and by index scans. */
async function purchasesRead(): Promise<number> {
  const { rows } = await db.query<{ read: string }>(
    `SELECT seq_tup_read + idx_tup_fetch AS read
     FROM pg_stat_xact_user_tables
     WHERE relid = 'purchase'::regclass`,
  );
  return Number(rows[0]?.read ?? 0);
}

/** Deletes the customers without purchases, counts, and takes it back. */
async function deleteCustomers() {
  await db.query('BEGIN');
  const before = await purchasesRead();
  const plan = await planOf(db, 'DELETE FROM customer WHERE id > 1000');
  const read = (await purchasesRead()) - before;
  await db.query('ROLLBACK');
  return { planned: scanOf(plan)['Actual Rows'], read };
}

/** Foreign keys whose columns lead no index of their table. */
async function unindexedForeignKeys(schema: string): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(
    `SELECT format('%s: %s', conrelid::regclass, conname) AS key
     FROM pg_constraint AS c
     WHERE contype = 'f' AND connamespace = $1::regnamespace
       AND NOT EXISTS (
         SELECT FROM pg_index
         WHERE indrelid = c.conrelid
           AND indisvalid AND indpred IS NULL
           AND indnkeyatts >= cardinality(c.conkey)
           AND (indkey::int2[])[0 : cardinality(c.conkey) - 1] @> c.conkey)
     ORDER BY key`,
    [schema],
  );
  return rows.map((row) => row.key);
}
// #endregion delete

const INDEXES = {
  none: '',
  '(created_at, customer_id)': '(created_at, customer_id)',
  '(customer_id) WHERE open': '(customer_id) WHERE open',
  '(customer_id)': '(customer_id)',
  '(customer_id, created_at)': '(customer_id, created_at)',
};

const KEY = 'purchase: purchase_customer_id_fkey';
console.log(
  'index on purchase'.padEnd(26),
  'rows in the plan',
  'purchases read'.padStart(16),
  '  key',
);
for (const [name, columns] of Object.entries(INDEXES)) {
  if (columns) await db.query(`CREATE INDEX tried ON purchase ${columns}`);
  await db.query('ANALYZE purchase');
  const { planned, read } = await deleteCustomers();
  const missing = await unindexedForeignKeys('indexes_foreign_key');
  await db.query('DROP INDEX IF EXISTS tried');

  console.log(
    name.padEnd(26),
    String(planned).padStart(16),
    read.toLocaleString('en').padStart(16),
    missing.length > 0 ? '  unindexed' : '  indexed',
  );
  // The plan shows the customers alone, with the index and without.
  assert.equal(planned, TO_DELETE);
  // No index that begins with the key: each customer costs the whole table.
  const leads = name.startsWith('(customer_id') && !name.includes('WHERE');
  assert.equal(read, leads ? 0 : TO_DELETE * PURCHASES);
  assert.deepEqual(missing, leads ? [] : [KEY]);
}

// What is left of a build that failed is no index, and INCLUDE makes no key.
await assert.rejects(
  db.query('CREATE UNIQUE INDEX CONCURRENTLY failed ON purchase (customer_id)'),
  { code: '23505' },
);
assert.deepEqual(await unindexedForeignKeys('indexes_foreign_key'), [KEY]);
await db.query(`
  CREATE INDEX ON purchase (customer_id);
  CREATE TABLE shop (country text, number int, PRIMARY KEY (country, number));
  CREATE TABLE till (
    country text,
    number  int,
    FOREIGN KEY (country, number) REFERENCES shop
  );
  CREATE INDEX ON till (country) INCLUDE (number);
`);
const TILL = 'till: till_country_number_fkey';
assert.deepEqual(await unindexedForeignKeys('indexes_foreign_key'), [TILL]);
await db.query('CREATE INDEX ON till (number, country)');
assert.deepEqual(await unindexedForeignKeys('indexes_foreign_key'), []);

await db.query('DROP SCHEMA indexes_foreign_key CASCADE');
await db.end();
