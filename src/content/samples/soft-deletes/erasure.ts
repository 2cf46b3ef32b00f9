import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS soft_deletes_erasure CASCADE;
  CREATE SCHEMA soft_deletes_erasure;
  SET search_path TO soft_deletes_erasure;
`);

// #region erasure
const TABLES = `
  DROP TABLE IF EXISTS account, account_history, message, invoice;
  CREATE TABLE account (
    id int PRIMARY KEY, email text, deleted_at timestamptz
  );
  CREATE TABLE account_history (account_id int, before jsonb);
  CREATE TABLE message (
    id int PRIMARY KEY, account_id int REFERENCES account, body text
  );
  CREATE TABLE invoice (
    id int PRIMARY KEY, account_id int REFERENCES account, cents int
  );
  INSERT INTO account VALUES (1, 'ann@example.com');
  INSERT INTO account_history VALUES (1, '{"email": "ann@old.example.com"}');
  INSERT INTO message VALUES (1, 1, 'Write to ann@example.com');
  INSERT INTO invoice VALUES (1, 1, 500);
`;

/** Hides the account, and does nothing else. */
const softDelete = `UPDATE account SET deleted_at = now() WHERE id = 1`;

/** Takes away what says who it was, and leaves what has to be kept. */
const erase = `
  BEGIN;
  DELETE FROM account_history WHERE account_id = 1;
  DELETE FROM message WHERE account_id = 1;
  UPDATE account SET email = NULL, deleted_at = now() WHERE id = 1;
  COMMIT;
`;

/** Places where the person is still to be found. */
const TRACES = `
  SELECT name FROM (
    SELECT 'account' AS name, email AS content FROM account
    UNION ALL SELECT 'account_history', before::text FROM account_history
    UNION ALL SELECT 'message', body FROM message
  ) AS stored
  WHERE content LIKE '%ann@%' ORDER BY name`;
// #endregion erasure

const found: string[] = [];
for (const [name, statement] of Object.entries({ softDelete, erase })) {
  await db.query(TABLES);
  await db.query(statement);
  const { rows } = await db.query<{ name: string }>(TRACES);
  const traces = rows.map((row) => row.name).join(', ') || 'nowhere';
  const { rowCount } = await db.query('SELECT FROM invoice');
  found.push(`${traces}; ${rowCount}`);
  console.log(
    name.padEnd(11),
    `Ann is in: ${traces.padEnd(34)}`,
    `invoices: ${rowCount}`,
  );
}
assert.deepEqual(found, ['account, account_history, message; 1', 'nowhere; 1']);

await db.query('DROP SCHEMA soft_deletes_erasure CASCADE');
await db.end();
