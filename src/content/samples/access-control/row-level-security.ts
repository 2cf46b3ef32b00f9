import assert from 'node:assert/strict';
import { Pool, type PoolClient } from 'pg';

// One connection, so that the next request is sure to get the same one.
const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: 1,
});
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));

/** Roles belong to the whole server: dropped first, and dropped last. */
const CLEANUP = `
  RESET ROLE;
  DROP SCHEMA IF EXISTS access_control_rls CASCADE;
  DROP ROLE IF EXISTS access_control_owner, access_control_app;
`;
await pool.query(`
  ${CLEANUP}
  CREATE ROLE access_control_owner;
  CREATE ROLE access_control_app;
  CREATE SCHEMA access_control_rls AUTHORIZATION access_control_owner;
  GRANT USAGE ON SCHEMA access_control_rls TO access_control_app;

  SET ROLE access_control_owner;
  CREATE TABLE access_control_rls.invoice (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant bigint NOT NULL
  );
  GRANT SELECT, INSERT ON access_control_rls.invoice TO access_control_app;
  INSERT INTO access_control_rls.invoice (tenant)
  VALUES (1), (1), (2), (2), (2);
  RESET ROLE;
`);
const TABLE = 'access_control_rls.invoice';

// #region rls
// Not set is null, set and gone is '': for both of them no row is equal.
const POLICY = `
  ALTER TABLE ${TABLE} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY by_tenant ON ${TABLE} USING (
    tenant = nullif(current_setting('app.tenant', true), '')::bigint
  );
`;

const FORCE = `ALTER TABLE ${TABLE} FORCE ROW LEVEL SECURITY`;

type Work<T> = (db: PoolClient) => Promise<T>;

/** Sets the tenant for the connection, and gives it back to the pool. */
async function bySession<T>(tenant: bigint, work: Work<T>): Promise<T> {
  const db = await pool.connect();
  try {
    await db.query("SELECT set_config('app.tenant', $1, false)", [tenant]);
    return await work(db);
  } finally {
    db.release();
  }
}

/** Sets the tenant for a transaction: its end takes the setting away. */
async function byTransaction<T>(tenant: bigint, work: Work<T>): Promise<T> {
  const db = await pool.connect();
  try {
    await db.query('BEGIN');
    await db.query("SELECT set_config('app.tenant', $1, true)", [tenant]);
    const result = await work(db);
    await db.query('COMMIT');
    return result;
  } catch (error) {
    await db.query('ROLLBACK');
    throw error;
  } finally {
    db.release();
  }
}
// #endregion rls

/** Rows that a query without WHERE sees: what a forgotten one would leak. */
async function rowsSeen(db: PoolClient, from = TABLE): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${from}`,
  );
  return rows[0]?.n ?? NaN;
}

/** Acts as a role. A program of yours would connect as it. */
const as = (role: string) => pool.query(`SET ROLE ${role}`);

/** A request that names no tenant: a job, or a route that forgot it. */
async function withoutTenant<T>(work: Work<T>): Promise<T> {
  const db = await pool.connect();
  try {
    return await work(db);
  } finally {
    db.release();
  }
}

const settingLeft = async (db: PoolClient) => {
  const { rows } = await db.query<{ tenant: string | null }>(
    "SELECT current_setting('app.tenant', true) AS tenant",
  );
  return rows[0]?.tenant;
};

function print(who: string, rows: number, expected: number) {
  console.log('  ' + who.padEnd(35), rows);
  assert.equal(rows, expected);
}

assert.equal(await withoutTenant(settingLeft), null);
await as('access_control_owner');
await pool.query(POLICY);
console.log('rows seen by a query without WHERE: tenant 1 has 2 of 5');
print('owner', await byTransaction(1n, rowsSeen), 5);
await pool.query(FORCE);
print('owner, FORCE', await byTransaction(1n, rowsSeen), 2);
await as('NONE');
print('superuser, FORCE', await byTransaction(1n, rowsSeen), 5);
await pool.query(`
  CREATE VIEW access_control_rls.everything AS SELECT * FROM ${TABLE};
  CREATE VIEW access_control_rls.invoker WITH (security_invoker) AS
    SELECT * FROM ${TABLE};
  GRANT SELECT ON access_control_rls.everything, access_control_rls.invoker
    TO access_control_app;
`);
await as('access_control_app');
print('app', await byTransaction(1n, rowsSeen), 2);
print('app, no tenant', await withoutTenant(rowsSeen), 0);
const through = (view: string) => (db: PoolClient) =>
  rowsSeen(db, `access_control_rls.${view}`);
const everything = await byTransaction(1n, through('everything'));
print("app, through a superuser's view", everything, 5);
const invoker = await byTransaction(1n, through('invoker'));
print('app, the same with security_invoker', invoker, 2);

console.log('the next request on the connection names no tenant');
await byTransaction(1n, rowsSeen);
print('after byTransaction', await withoutTenant(rowsSeen), 0);
assert.equal(await withoutTenant(settingLeft), '');
const withoutNullif = withoutTenant((db) =>
  db.query("SELECT current_setting('app.tenant', true)::bigint"),
);
await assert.rejects(withoutNullif, { code: '22P02' });
console.log('  a policy without nullif             22P02');
await bySession(1n, rowsSeen);
print('after bySession', await withoutTenant(rowsSeen), 2);

const foreign = byTransaction(1n, (db) =>
  db.query(`INSERT INTO ${TABLE} (tenant) VALUES (2)`),
);
await assert.rejects(foreign, { code: '42501' });
console.log('tenant 1 inserts a row of tenant 2    42501');

await pool.query(CLEANUP);
await pool.end();
