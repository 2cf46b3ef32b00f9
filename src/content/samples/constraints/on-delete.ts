import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS constraints_on_delete CASCADE;
  CREATE SCHEMA constraints_on_delete;
  SET search_path TO constraints_on_delete;
`);

// #region actions
const ACTIONS = [
  'NO ACTION',
  'NO ACTION DEFERRABLE INITIALLY DEFERRED',
  'RESTRICT',
  'CASCADE',
  'SET NULL',
  'SET DEFAULT',
];

/** A row that refers to customer 1; the default refers to customer 0. */
const child = (action: string) => `
  CREATE TABLE customer (id int PRIMARY KEY);
  INSERT INTO customer VALUES (0), (1);
  CREATE TABLE invoice (
    customer_id int DEFAULT 0 REFERENCES customer ON DELETE ${action}
  );
  INSERT INTO invoice VALUES (1);
`;

/** One row is deleted, then one that takes its place is inserted. */
const REPLACE = [
  'DELETE FROM customer WHERE id = 1',
  'INSERT INTO customer VALUES (1)',
];

/** An organisation with 10 projects of 100 tasks each. */
const TREE = `
  CREATE TABLE organisation (id int PRIMARY KEY);
  CREATE TABLE project (
    id int PRIMARY KEY,
    organisation_id int REFERENCES organisation ON DELETE CASCADE
  );
  CREATE TABLE task (project_id int REFERENCES project ON DELETE CASCADE);
  INSERT INTO organisation VALUES (1);
  INSERT INTO project SELECT p, 1 FROM generate_series(1, 10) AS p;
  INSERT INTO task SELECT 1 + n % 10 FROM generate_series(1, 1000) AS n;
`;

/** Each tenant's orders refer to its own customers, and to nobody else's. */
const tenants = (action: string) => `
  CREATE TABLE customer (tenant int, id int, PRIMARY KEY (tenant, id));
  CREATE TABLE purchase (
    tenant int NOT NULL, customer_id int,
    FOREIGN KEY (tenant, customer_id) REFERENCES customer
      ON DELETE ${action}
  );
  INSERT INTO customer VALUES (1, 5);
  INSERT INTO purchase VALUES (1, 5);
`;
// #endregion actions

/** `done`, or the SQLSTATE with which the database refused. */
async function outcomeOf(...statements: string[]): Promise<string> {
  await db.query('BEGIN');
  try {
    for (const statement of statements) await db.query(statement);
    await db.query('COMMIT');
    return 'done';
  } catch (error) {
    await db.query('ROLLBACK');
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

async function valueOf(select: string): Promise<string> {
  const { rows } = await db.query<{ value: unknown }>(select);
  return rows.length === 0 ? 'no row' : String(rows[0]?.value);
}

const DROP = 'DROP TABLE IF EXISTS invoice, purchase, customer';
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([41, 9, 9, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
print('ON DELETE', 'replace', 'delete', 'invoice');
const found: Record<string, string[]> = {};
for (const action of ACTIONS) {
  await db.query(`${DROP}; ${child(action)}`);
  const replaced = await outcomeOf(...REPLACE);
  await db.query(`${DROP}; ${child(action)}`);
  const deleted = await outcomeOf('DELETE FROM customer WHERE id = 1');
  const left = await valueOf('SELECT customer_id AS value FROM invoice');
  print(action, replaced, deleted, left);
  found[action] = [replaced, deleted, left];
}
assert.deepEqual(found, {
  'NO ACTION': ['23503', '23503', '1'],
  'NO ACTION DEFERRABLE INITIALLY DEFERRED': ['done', '23503', '1'],
  RESTRICT: ['23001', '23001', '1'],
  CASCADE: ['done', 'done', 'no row'],
  'SET NULL': ['done', 'done', 'null'],
  'SET DEFAULT': ['done', 'done', '0'],
});

await db.query(TREE);
const { rowCount } = await db.query('DELETE FROM organisation WHERE id = 1');
const projects = await valueOf('SELECT count(*) AS value FROM project');
const tasks = await valueOf('SELECT count(*) AS value FROM task');
console.log(`\nCASCADE, ${rowCount} row reported, tasks left: ${tasks}`);
assert.deepEqual([rowCount, projects, tasks], [1, '0', '0']);

console.log('\nforeign key (tenant, customer_id), tenant NOT NULL');
const outcomes: string[] = [];
for (const action of ['SET NULL', 'SET NULL (customer_id)']) {
  await db.query(`${DROP}; ${tenants(action)}`);
  const deleted = await outcomeOf('DELETE FROM customer');
  const left = await valueOf(
    `SELECT tenant || ' ' || coalesce(customer_id::text, 'null') AS value
     FROM purchase`,
  );
  print(`  ${action}`, '', deleted, left);
  outcomes.push(deleted);
}
assert.deepEqual(outcomes, ['23502', 'done']);
const foreign = await outcomeOf(
  'INSERT INTO customer VALUES (2, 6)',
  'INSERT INTO purchase VALUES (1, 6)',
);
print("  another tenant's customer", '', foreign);
assert.equal(foreign, '23503');

await db.query('DROP SCHEMA constraints_on_delete CASCADE');
await db.end();
