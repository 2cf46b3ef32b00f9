import assert from 'node:assert/strict';
import { Client } from 'pg';

const { DATABASE_URL, NODE_TEST_WORKER_ID, JEST_WORKER_ID } = process.env;
assert(DATABASE_URL, 'DATABASE_URL names the server to test on');

/** A client of another database on the same server. */
export function clientOf(database: string): Client {
  const url = new URL(DATABASE_URL ?? '');
  url.pathname = database;
  return new Client({ connectionString: url.href });
}

/** Runs statements that no transaction may hold, such as DROP DATABASE. */
export async function onServer(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    for (const text of statements) await client.query(text);
  } finally {
    await client.end();
  }
}

// #region database
const base = new URL(DATABASE_URL).pathname.slice(1);
// PostgreSQL cuts names at 63 bytes: the rest might be another database.
assert.match(base, /^[a-z][a-z0-9_]{0,45}$/, 'a short name without quotes');
export const template = `${base}_template`;

/** Before all tests, once: the schema, in a database nobody may enter. */
export async function makeTemplate(migrations: string[]): Promise<void> {
  await onServer(
    `DROP DATABASE IF EXISTS ${template}`,
    `CREATE DATABASE ${template}`,
  );
  const client = clientOf(template);
  await client.connect();
  try {
    for (const text of migrations) await client.query(text);
  } finally {
    await client.end();
  }
  // A copy is refused for as long as anybody is connected.
  await onServer(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
}

/** Before the tests of a file: a copy for the worker that runs it. */
export async function ownDatabase(): Promise<Client> {
  const worker = NODE_TEST_WORKER_ID ?? JEST_WORKER_ID ?? '1';
  const name = `${base}_worker_${worker}`;
  await onServer(
    // Left over from the file before, perhaps with its connections.
    `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`,
    `CREATE DATABASE ${name} TEMPLATE ${template}`,
  );
  return clientOf(name);
}
// #endregion database
