import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS constraints_temporal CASCADE;
  CREATE SCHEMA constraints_temporal;
  SET search_path TO constraints_temporal, public;
  -- Lets a GiST index compare the product as well.
  CREATE EXTENSION IF NOT EXISTS btree_gist;
`);

// #region temporal
/** Two columns, first and last day, and a check that compares them. */
await db.query(`
  CREATE TABLE price_by_days (
    product   int NOT NULL,
    first_day date NOT NULL,
    last_day  date NOT NULL CHECK (last_day >= first_day),
    cents     int NOT NULL,
    UNIQUE (product, first_day)
  );
`);

/** One price a day, and promotions only while there is a price. */
await db.query(`
  CREATE TABLE price (
    product int NOT NULL,
    valid   daterange NOT NULL,
    cents   int NOT NULL,
    PRIMARY KEY (product, valid WITHOUT OVERLAPS)
  );
  CREATE TABLE promotion (
    product int NOT NULL,
    valid   daterange NOT NULL,
    FOREIGN KEY (product, PERIOD valid)
      REFERENCES price (product, PERIOD valid)
  );
`);

const byDays = (first: string, last: string) =>
  `INSERT INTO price_by_days VALUES (1, '${first}', '${last}', 100)`;
// `[` includes its end, `)` does not: ranges touch without a gap.
const byRange = (from: string, to: string) =>
  `INSERT INTO price VALUES (1, '[${from}, ${to})', 100)`;
const promoted = (from: string, to: string) =>
  `INSERT INTO promotion VALUES (1, '[${from}, ${to})')`;
// #endregion temporal

/** `stored`, or the SQLSTATE with which the database refused. */
async function outcomeOf(statement: string): Promise<string> {
  try {
    await db.query(statement);
    return 'stored';
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

const found: string[] = [];
async function tell(what: string, ...statements: string[]) {
  const cells: string[] = [];
  for (const statement of statements) cells.push(await outcomeOf(statement));
  found.push(cells.join(' '));
  console.log(what.padEnd(34), cells.join('  '));
}
console.log('a price'.padEnd(34), 'days    range');
await tell(
  'for January',
  byDays('2026-01-01', '2026-01-31'),
  byRange('2026-01-01', '2026-02-01'),
);
await tell(
  'for February and March',
  byDays('2026-02-01', '2026-03-31'),
  byRange('2026-02-01', '2026-04-01'),
);
await tell(
  'from mid-January to mid-February',
  byDays('2026-01-15', '2026-02-14'),
  byRange('2026-01-15', '2026-02-15'),
);
console.log('a promotion');
await tell('from January to March', promoted('2026-01-10', '2026-03-10'));
await tell('until April', promoted('2026-03-10', '2026-04-10'));
console.log('a price that is promoted');
await tell('is deleted', `DELETE FROM price WHERE valid @> date '2026-03-01'`);
assert.deepEqual(found, [
  'stored stored',
  'stored stored',
  'stored 23P01',
  'stored',
  '23503',
  '23503',
]);

const priceOn = (table: string, covers: string) =>
  db.query(`SELECT FROM ${table} WHERE ${covers}`);
const { rowCount: days } = await priceOn(
  'price_by_days',
  `date '2026-01-20' BETWEEN first_day AND last_day`,
);
const { rowCount: ranges } = await priceOn(
  'price',
  `valid @> date '2026-01-20'`,
);
console.log('prices on 20 January'.padEnd(34), `${days}       ${ranges}`);
assert.deepEqual([days, ranges], [2, 1]);

await db.query('DROP SCHEMA constraints_temporal CASCADE');
await db.end();
