import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS constraints_nulls CASCADE;
  CREATE SCHEMA constraints_nulls;
  SET search_path TO constraints_nulls;
  CREATE TABLE customer (
    tenant int, id int, PRIMARY KEY (tenant, id)
  );
`);

// #region gaps
/** What somebody declared, a row that it lets pass, and what refuses it. */
const GAPS = [
  {
    columns: 'price int, discount int',
    declared: 'CHECK (discount < price)',
    row: '(NULL, 500)',
    closed: 'CHECK (discount < price), CHECK (price IS NOT NULL)',
  },
  {
    columns: 'status text NOT NULL',
    declared: `CHECK (status IN ('open', 'paid', NULL))`,
    row: `('piad')`,
    closed: `CHECK (status IN ('open', 'paid'))`,
  },
  {
    columns: 'member int NOT NULL, team int',
    declared: 'UNIQUE (member, team)',
    row: '(1, NULL), (1, NULL)',
    closed: 'UNIQUE NULLS NOT DISTINCT (member, team)',
  },
  {
    columns: 'tenant int, customer int',
    declared: 'FOREIGN KEY (tenant, customer) REFERENCES customer',
    row: '(NULL, 99)',
    closed: 'FOREIGN KEY (tenant, customer) REFERENCES customer MATCH FULL',
  },
];
// #endregion gaps

/** `stored`, or the SQLSTATE with which the database refused. */
async function outcomeOf(columns: string, constraint: string, row: string) {
  await db.query(`DROP TABLE IF EXISTS tried;
    CREATE TABLE tried (${columns}, ${constraint})`);
  try {
    await db.query(`INSERT INTO tried VALUES ${row}`);
    return 'stored';
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

const found: string[] = [];
for (const { columns, declared, row, closed } of GAPS) {
  const open = await outcomeOf(columns, declared, row);
  const refused = await outcomeOf(columns, closed, row);
  found.push(open, refused);
  console.log('VALUES', row);
  console.log(' ', declared.padEnd(61), open);
  console.log(' ', closed.padEnd(61), refused);
}
assert.deepEqual(found, [
  ...['stored', '23514'],
  ...['stored', '23514'],
  ...['stored', '23505'],
  ...['stored', '23503'],
]);

await db.query('DROP SCHEMA constraints_nulls CASCADE');
await db.end();
