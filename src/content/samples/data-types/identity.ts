import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS data_types_identity CASCADE;
  CREATE SCHEMA data_types_identity;
  SET search_path TO data_types_identity;
`);

// #region identity
await db.query(`
  CREATE TABLE by_serial (
    id   serial PRIMARY KEY,
    name text NOT NULL
  );
  CREATE TABLE by_identity (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
  );
`);

/** A seed or an import that brings its own ids. */
const seed = (table: string, overriding = '') =>
  `INSERT INTO ${table} (id, name) ${overriding}
   VALUES (1, 'Ann'), (2, 'Ben')`;

const signUp = (table: string) =>
  `INSERT INTO ${table} (name) VALUES ('Cem') RETURNING id`;

/** Goes on counting where the imported ids end. */
const realign = (table: string) => `
  SELECT setval(pg_get_serial_sequence('${table}', 'id'), max(id))
  FROM ${table}`;
// #endregion identity

/** The new id, `done`, or the SQLSTATE with which the database refused. */
async function outcomeOf(statement: string): Promise<string> {
  try {
    const { rows } = await db.query<{ id?: number | string }>(statement);
    return rows[0]?.id ? `id ${rows[0].id}` : 'done';
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

const told: string[] = [];
async function tell(what: string, statement: string) {
  const outcome = await outcomeOf(statement);
  told.push(outcome);
  console.log(`  ${what.padEnd(34)}`, outcome);
}

console.log('serial');
await tell('seed with ids 1 and 2', seed('by_serial'));
await tell('sign-up', signUp('by_serial'));
await tell('sign-up, again', signUp('by_serial'));
await tell('sign-up, again', signUp('by_serial'));
console.log('identity');
await tell('seed with ids 1 and 2', seed('by_identity'));
await tell(
  'OVERRIDING SYSTEM VALUE',
  seed('by_identity', 'OVERRIDING SYSTEM VALUE'),
);
await tell('setval', realign('by_identity'));
await tell('sign-up', signUp('by_identity'));
assert.deepEqual(told.splice(0), [
  'done',
  '23505',
  '23505',
  'id 3',
  '428C9',
  'done',
  'done',
  'id 3',
]);

console.log('both');
await db.query('BEGIN');
await db.query(signUp('by_identity'));
await db.query('ROLLBACK');
await tell('sign-up after one rolled back', signUp('by_identity'));
await db.query(`SELECT setval('by_serial_id_seq', 2147483647)`);
await tell('sign-up 2,147,483,648, serial', signUp('by_serial'));
await db.query(`SELECT setval('by_identity_id_seq', 2147483647)`);
await tell('sign-up 2,147,483,648, bigint', signUp('by_identity'));
assert.deepEqual(told, ['id 5', '2200H', 'id 2147483648']);

await db.query('DROP SCHEMA data_types_identity CASCADE');
await db.end();
