import assert from 'node:assert/strict';
import { Pool, type PoolClient } from 'pg';

// One connection, which all requests use in turn; so does a pooler's.
const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: 1,
  idleTimeoutMillis: 0, // never a new one, so that what is left is found
});
pool.on('error', (error) => console.error('idle connection lost', error));

// #region state
type Work = (db: PoolClient) => Promise<unknown>;

/** What a request does with its session, and how the next one sees it. */
type Case = { first: Work; seen: string };

const tenant = `SELECT coalesce(nullif(current_setting('app.tenant', true), ''),
  'nothing') AS seen`;
const draft = `SELECT coalesce(to_regclass('pg_temp.draft')::text, 'nothing')
  AS seen`;
const locks = `SELECT CASE count(*) WHEN 0 THEN 'nothing' ELSE 'a lock' END
  AS seen FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()`;
const prepared = `SELECT coalesce(max(name), 'nothing') AS seen
  FROM pg_prepared_statements WHERE name = 'by_id'`;

const cases: Record<string, Case> = {
  SET: {
    first: (db) => db.query("SET app.tenant = 'acme'"),
    seen: tenant,
  },
  'set_config(..., true)': {
    first: (db) => db.query("SELECT set_config('app.tenant', 'acme', true)"),
    seen: tenant,
  },
  'CREATE TEMP TABLE': {
    first: (db) => db.query('CREATE TEMP TABLE draft (id int)'),
    seen: draft,
  },
  '  ON COMMIT DROP': {
    first: (db) => db.query('CREATE TEMP TABLE draft (id int) ON COMMIT DROP'),
    seen: draft,
  },
  pg_advisory_lock: {
    first: (db) => db.query('SELECT pg_advisory_lock(1)'),
    seen: locks,
  },
  pg_advisory_xact_lock: {
    first: (db) => db.query('SELECT pg_advisory_xact_lock(1)'),
    seen: locks,
  },
  'named query': {
    first: (db) => db.query({ name: 'by_id', text: 'SELECT 1' }),
    seen: prepared,
  },
};

/** One request: a transaction on whichever connection is free. */
async function request<T>(work: (db: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // What went wrong is `error`, whatever ROLLBACK says on top of it.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
// #endregion state

const expected: Record<string, string> = {
  SET: 'acme',
  'CREATE TEMP TABLE': 'draft',
  pg_advisory_lock: 'a lock',
  'named query': 'by_id',
};
console.log('a request does         the next one finds');
for (const [name, { first, seen }] of Object.entries(cases)) {
  await request(first);
  const { rows } = await request((db) => db.query<{ seen: string }>(seen));
  const found = rows[0]?.seen ?? '';
  console.log(name.padEnd(22), found);
  assert.equal(found, expected[name] ?? 'nothing');
  // Back to a fresh session; a named query stays known to pg itself.
  await request((db) => db.query('SELECT pg_advisory_unlock_all()'));
  await pool.query('RESET ALL');
  await pool.query('DISCARD TEMP');
}
await pool.end();
