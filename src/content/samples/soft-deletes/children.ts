import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS soft_deletes_children CASCADE;
  CREATE SCHEMA soft_deletes_children;
  SET search_path TO soft_deletes_children;
`);

// #region children
const TABLES = `
  DROP TABLE IF EXISTS account, session, invoice;
  CREATE TABLE account (
    id int PRIMARY KEY, email text NOT NULL, deleted_at timestamptz
  );
  CREATE TABLE session (
    token text PRIMARY KEY,
    account_id int NOT NULL REFERENCES account ON DELETE CASCADE
  );
  CREATE TABLE invoice (
    id int PRIMARY KEY,
    account_id int NOT NULL REFERENCES account ON DELETE RESTRICT
  );
  INSERT INTO account VALUES (1, 'ann@example.com'), (2, 'ben@example.com');
  INSERT INTO session VALUES ('anns', 1), ('bens', 2);
  INSERT INTO invoice VALUES (100, 2);
`;

/** Two ways to delete an account. Ben has an invoice, Ann has none. */
const WAYS = {
  soft: (id: number) =>
    `UPDATE account SET deleted_at = now() WHERE id = ${id}`,
  hard: (id: number) => `DELETE FROM account WHERE id = ${id}`,
};

/** What the foreign keys were declared to prevent. */
const AFTERWARDS = {
  'sessions that still open': `
    SELECT count(*)::int AS n FROM session WHERE account_id = 1`,
  'a new session for Ann': `INSERT INTO session VALUES ('new', 1)`,
  'a new invoice for Ann': `INSERT INTO invoice VALUES (101, 1)`,
};
// #endregion children

/** A count, `done`, or the SQLSTATE with which the database refused. */
async function outcomeOf(statement: string): Promise<string> {
  try {
    const { rows } = await db.query<{ n?: number }>(statement);
    return String(rows[0]?.n ?? 'done');
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([34, 7, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
const told: string[][] = [];
for (const remove of Object.values(WAYS)) {
  await db.query(TABLES);
  const ben = await outcomeOf(remove(2));
  await outcomeOf(remove(1));
  const after: string[] = [];
  for (const statement of Object.values(AFTERWARDS)) {
    after.push(await outcomeOf(statement));
  }
  told.push([ben, ...after]);
}
print('', ...Object.keys(WAYS));
['delete Ben, who has an invoice', ...Object.keys(AFTERWARDS)].forEach(
  (what, i) => print(what, ...told.map((column) => column[i] ?? '')),
);
assert.deepEqual(told, [
  ['done', '1', 'done', 'done'],
  ['23001', '0', '23503', '23503'],
]);

await db.query('DROP SCHEMA soft_deletes_children CASCADE');
await db.end();
