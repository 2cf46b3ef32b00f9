import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS data_types_money CASCADE;
  CREATE SCHEMA data_types_money;
  SET search_path TO data_types_money;

  CREATE TABLE as_float8  (amount float8 NOT NULL);
  CREATE TABLE as_numeric (amount numeric(12, 2) NOT NULL);
  CREATE TABLE as_cents   (amount bigint NOT NULL);
  -- Ten cents come in, twenty come in, thirty go out.
  INSERT INTO as_float8  VALUES (0.10), (0.20), (-0.30);
  INSERT INTO as_numeric VALUES (0.10), (0.20), (-0.30);
  INSERT INTO as_cents   VALUES (10), (20), (-30);
`);

// #region money
const TABLES = ['as_float8', 'as_numeric', 'as_cents'];

/** Accounts that may be closed, because nothing is left on them. */
const settled = (table: string) =>
  `SELECT FROM (SELECT sum(amount) AS balance FROM ${table}) AS account
   WHERE balance = 0`;

/** Adds two amounts that `pg` returned, as its type declares them. */
async function addedInJavaScript(table: string) {
  const { rows } = await db.query<{ amount: number }>(
    `SELECT amount FROM ${table} WHERE amount > 0 ORDER BY amount`,
  );
  return rows.reduce((sum, row) => sum + row.amount, 0);
}

/** Rounds each part by itself. */
const dividedByThree = `SELECT 3 * ($1::numeric / 3)::numeric(12, 2) AS sum`;

/** Parts that differ by a cent at most, and add up to the whole. */
function split(cents: bigint, parts: bigint): bigint[] {
  const least = cents / parts;
  const over = cents % parts;
  return Array.from({ length: Number(parts) }, (_, i) =>
    BigInt(i) < over ? least + 1n : least,
  );
}
// #endregion money

console.log('+0.10 +0.20 -0.30'.padEnd(20), 'balance'.padEnd(24), 'settled');
const found: Record<string, number> = {};
for (const table of TABLES) {
  const { rows } = await db.query<{ balance: string }>(
    `SELECT sum(amount)::text AS balance FROM ${table}`,
  );
  const { rowCount } = await db.query(settled(table));
  found[table] = rowCount ?? NaN;
  console.log(
    `  ${table}`.padEnd(20),
    String(rows[0]?.balance).padEnd(24),
    rowCount === 1,
  );
}
assert.deepEqual(found, { as_float8: 0, as_numeric: 1, as_cents: 1 });

console.log('0.10 + 0.20 in JavaScript');
const sums: unknown[] = [];
for (const table of TABLES) {
  const sum = await addedInJavaScript(table);
  sums.push(sum);
  console.log(`  ${table}`.padEnd(20), typeof sum, JSON.stringify(sum));
}
assert.deepEqual(sums, [0.30000000000000004, '00.100.20', '01020']);

const { rows } = await db.query<{ sum: string }>(dividedByThree, [100]);
const parts = split(10000n, 3n);
console.log('100.00 in three parts');
console.log('  each rounded       ', rows[0]?.sum);
console.log('  split in cents     ', parts.join(' + '));
assert.equal(rows[0]?.sum, '99.99');
assert.deepEqual(parts, [3334n, 3333n, 3333n]);
assert.deepEqual(split(1n, 2n), [1n, 0n]);

const { rows: rounded } = await db.query<{ amount: string }>(
  'INSERT INTO as_numeric VALUES (1.005) RETURNING amount',
);
console.log('1.005 in numeric(12,2)', rounded[0]?.amount);
assert.equal(rounded[0]?.amount, '1.01');

// One cent more than 21,474,836.47.
const tooLarge: unknown = await db
  .query('SELECT $1::int', ['2147483648'])
  .catch((error: unknown) => error);
assert(tooLarge instanceof DatabaseError);
console.log('21,474,836.48 in cents, as int:', tooLarge.code);
assert.equal(tooLarge.code, '22003');

await db.query('DROP SCHEMA data_types_money CASCADE');
await db.end();
