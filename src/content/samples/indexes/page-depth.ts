import assert from 'node:assert/strict';
import { Client } from 'pg';
import { buffersOf, readPlanOf, scanOf } from './plan.ts';

const ROWS = 20_000;
const DEPTHS = [0, 2_000, 4_000, 8_000, 12_000, 16_000];

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS indexes_page_depth CASCADE;
  CREATE SCHEMA indexes_page_depth;
  SET search_path TO indexes_page_depth;
  SET max_parallel_workers_per_gather = 0;
  SET synchronous_commit = on;
  -- Prices in no order that the table's pages would follow.
  CREATE TABLE product (
    id          int PRIMARY KEY,
    price_cents int NOT NULL,
    name        text NOT NULL
  ) WITH (autovacuum_enabled = off);
  INSERT INTO product
  SELECT n, n * 7919 % 1000003, 'product ' || n
  FROM generate_series(1, ${ROWS}) AS n;
`);

// #region pages
const BY_OFFSET = `SELECT id, price_cents, name FROM product
  ORDER BY price_cents, id LIMIT 20 OFFSET $1`;
const BY_KEY = `SELECT id, price_cents, name FROM product
  WHERE (price_cents, id) > ($1, $2)
  ORDER BY price_cents, id LIMIT 20`;

/** The key of the last row before the page that skips `depth` rows. */
async function keyBefore(depth: number): Promise<[number, number]> {
  if (depth === 0) return [-1, -1];
  const { rows } = await db.query<{ price_cents: number; id: number }>(
    BY_OFFSET,
    [depth - 1],
  );
  const [row] = rows;
  assert(row);
  return [row.price_cents, row.id];
}

/** Buffers read for a page, and how the rows of the first one are found. */
type Cost = { offset: number; key: number; scan: string };

async function costAt(depth: number): Promise<Cost> {
  const offset = await readPlanOf(db, BY_OFFSET, [depth]);
  const key = await readPlanOf(db, BY_KEY, await keyBefore(depth));
  return {
    offset: buffersOf(offset),
    key: buffersOf(key),
    scan: scanOf(offset)['Node Type'],
  };
}
// #endregion pages

await db.query('VACUUM (ANALYZE) product');
const without: Cost[] = [];
for (const depth of DEPTHS) without.push(await costAt(depth));

await db.query('CREATE INDEX by_price ON product (price_cents, id)');
await db.query('VACUUM (ANALYZE) product');
const withIndex: Cost[] = [];
for (const depth of DEPTHS) withIndex.push(await costAt(depth));

const print = (...cells: (string | number)[]) =>
  console.log(cells.map((cell) => String(cell).padStart(14)).join(''));
print('skipped', 'no_index', 'offset', 'keyset', 'offset_scans');
DEPTHS.forEach((depth, at) => {
  const [before, after] = [without[at], withIndex[at]];
  assert(before && after);
  const scan = after.scan.replaceAll(' ', '_');
  print(depth, before.offset, after.offset, after.key, scan);

  // Without the index, a page by key costs what a page by offset does.
  assert.equal(before.key, before.offset);
  assert(after.key < 30);
});

await db.query('DROP SCHEMA indexes_page_depth CASCADE');
await db.end();
