import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS schema_design_jsonb CASCADE;
  CREATE SCHEMA schema_design_jsonb;
  SET search_path TO schema_design_jsonb;
  SET max_parallel_workers_per_gather = 0;
  CREATE TABLE shop (id int PRIMARY KEY);
  INSERT INTO shop VALUES (1);
`);

// #region jsonb
const DOCUMENT = `
  CREATE TABLE document (
    id   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    data jsonb NOT NULL
  )`;

/** Columns for what all products have, jsonb for what varies. */
const PRODUCT = `
  CREATE TABLE product (
    id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id     int NOT NULL REFERENCES shop,
    price_cents int NOT NULL CHECK (price_cents > 0),
    attributes  jsonb NOT NULL DEFAULT '{}'
                CHECK (jsonb_typeof(attributes) = 'object')
  )`;

/** What six writers sent, of which the first is right. */
const SENT = [
  { shop_id: 1, price_cents: 1200 },
  { shop_id: 1, price_cents: 'twelve' },
  { shop_id: 1, priceCents: 1200 },
  { shop_id: 1, price_cents: null },
  { shop_id: 1, price_cents: -1200 },
  { shop_id: 7, price_cents: 1200 },
];
// #endregion jsonb

/** `stored`, or the SQLSTATE with which the database refused. */
async function outcomeOf(statement: string, values: unknown[] = []) {
  try {
    await db.query(statement, values);
    return 'stored';
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

await db.query(DOCUMENT);
await db.query(PRODUCT);
console.log('sent'.padEnd(39), 'document  columns');
const refused: string[] = [];
for (const sent of SENT) {
  const asDocument = await outcomeOf(
    'INSERT INTO document (data) VALUES ($1)',
    [sent],
  );
  const asColumns = await outcomeOf(
    'INSERT INTO product (shop_id, price_cents) VALUES ($1, $2)',
    [sent.shop_id, sent.price_cents],
  );
  assert.equal(asDocument, 'stored');
  refused.push(asColumns);
  console.log(JSON.stringify(sent).padEnd(39), asDocument.padEnd(9), asColumns);
}
assert.deepEqual(refused, [
  'stored',
  '22P02',
  '23502',
  '23502',
  '23514',
  '23503',
]);
const list = await outcomeOf(
  `INSERT INTO product (shop_id, price_cents, attributes)
   VALUES (1, 1200, '["red"]')`,
);
assert.equal(list, '23514');

const cast = "sum((data->>'price_cents')::int)";
const sum = await outcomeOf(`SELECT ${cast} FROM document`);
console.log();
console.log(`SELECT ${cast}`);
console.log('  with the second document     ', sum);
await db.query(`DELETE FROM document WHERE data->>'price_cents' = 'twelve'`);
const { rows } = await db.query<{ sum: string; priced: string; all: string }>(
  `SELECT ${cast} AS sum, count(data->>'price_cents') AS priced,
          count(*) AS all
   FROM document`,
);
const [left] = rows;
assert(left);
console.log(
  `  without it                    ${left.sum},`,
  `from ${left.priced} of ${left.all}`,
);
assert.equal(sum, '22P02');
assert.deepEqual(left, { sum: '1200', priced: '3', all: '5' });

// A list in one column can hold ids, but not refer to what they name.
const ids = await outcomeOf(
  'CREATE TABLE basket (product_ids int[] REFERENCES product)',
);
console.log();
console.log('product_ids int[] REFERENCES product   ', ids);
assert.equal(ids, '42804');

// What the planner expects of 10,000 orders, of which half are paid.
await db.query(`
  CREATE TABLE purchase (status text NOT NULL, data jsonb NOT NULL);
  INSERT INTO purchase
  SELECT status, jsonb_build_object('status', status)
  FROM generate_series(1, 10000) AS n,
       LATERAL (SELECT CASE n % 2 WHEN 0 THEN 'paid' ELSE 'open' END)
         AS of_n (status);
`);
await db.query('VACUUM (ANALYZE) purchase');
async function rowsOf(where: string) {
  const { rows } = await db.query<{
    'QUERY PLAN': [{ Plan: Record<string, number> }];
  }>(`EXPLAIN (ANALYZE, FORMAT JSON) SELECT FROM purchase WHERE ${where}`);
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
  return { planned: plan['Plan Rows'], actual: plan['Actual Rows'] };
}
const inDocument = await rowsOf(`data->>'status' = 'paid'`);
const inColumn = await rowsOf(`status = 'paid'`);
console.log();
console.log('rows where'.padEnd(28), 'planned  actual');
const print = (where: string, { planned, actual }: typeof inColumn) =>
  console.log(
    where.padEnd(28),
    String(planned).padStart(7),
    String(actual).padStart(7),
  );
print(`data->>'status' = 'paid'`, inDocument);
print(`status = 'paid'`, inColumn);
assert.deepEqual(inDocument, { planned: 50, actual: 5000 });
assert.deepEqual(inColumn, { planned: 5000, actual: 5000 });

await db.query('DROP SCHEMA schema_design_jsonb CASCADE');
await db.end();
