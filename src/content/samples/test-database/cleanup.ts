import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS test_cleanup CASCADE;
  CREATE SCHEMA test_cleanup;
  SET search_path TO test_cleanup;
  -- Filled by a migration, and never by a test.
  CREATE TABLE plan (name text PRIMARY KEY);
  CREATE TABLE account (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan text NOT NULL REFERENCES plan
  );
  CREATE TABLE invoice (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id integer NOT NULL REFERENCES account
  );
  INSERT INTO plan VALUES ('free'), ('team'), ('company');
`);

async function one<T>(text: string): Promise<T> {
  const { rows } = await db.query<{ value: T }>(text);
  assert(rows[0]);
  return rows[0].value;
}

/** The code under test. */
const signUp = () =>
  one<number>(
    `INSERT INTO account (plan) VALUES ('free') RETURNING id AS value`,
  );

/** Code that looks after its own transaction. */
async function upgrade(id: number) {
  await db.query('BEGIN');
  await db.query(`UPDATE account SET plan = 'team' WHERE id = ${id}`);
  await db.query(`INSERT INTO invoice (account_id) VALUES (${id})`);
  await db.query('COMMIT');
}

type Test = () => Promise<void>;

// #region ways
const ways: Record<string, (test: Test) => Promise<void>> = {
  async rollback(test) {
    await db.query('BEGIN');
    await test();
    await db.query('ROLLBACK');
  },

  async delete(test) {
    // Children first, or a foreign key is in the way.
    await db.query('DELETE FROM invoice');
    await db.query('DELETE FROM account');
    await test();
  },

  async truncateAllTables(test) {
    const names = await one<string>(`
      SELECT string_agg(format('%I', tablename), ', ') AS value
      FROM pg_tables WHERE schemaname = 'test_cleanup'`);
    await db.query(`TRUNCATE ${names} RESTART IDENTITY`);
    await test();
  },

  async truncate(test) {
    // All in one statement, and none that a migration has filled.
    await db.query('TRUNCATE account, invoice RESTART IDENTITY');
    await test();
  },
};
// #endregion ways

const row = (...[name, ...cells]: unknown[]) =>
  String(name).padEnd(18) +
  cells.map((one) => String(one).padStart(13)).join('');
console.log(row('', 'first ids', 'found', 'plans left'));
const table: Record<string, unknown[]> = {};
for (const [name, inside] of Object.entries(ways)) {
  await db.query('TRUNCATE account, invoice RESTART IDENTITY');
  await db.query(
    `INSERT INTO plan VALUES ('free'), ('team'), ('company')
     ON CONFLICT DO NOTHING`,
  );
  const ids: number[] = [];
  const found: number[] = [];
  // Three tests, each of which expects to find nothing.
  for (let round = 0; round < 3; round += 1) {
    await inside(async () => {
      found.push(await one('SELECT count(*)::int AS value FROM account'));
      // Where the plan has gone, so has the test.
      const id = await signUp().catch(() => 0);
      ids.push(id);
      if (round === 1 && id) await upgrade(id);
    });
  }
  const plans = await one<number>('SELECT count(*)::int AS value FROM plan');
  console.log(row(name, ids.join(' '), found.join(' '), plans));
  table[name] = [ids, found, plans];
}
assert.deepEqual(table, {
  rollback: [[1, 2, 3], [0, 0, 1], 3],
  delete: [[1, 2, 3], [0, 0, 0], 3],
  truncateAllTables: [[0, 0, 0], [0, 0, 0], 0],
  truncate: [[1, 1, 1], [0, 0, 0], 3],
});

await db.query('DROP SCHEMA test_cleanup CASCADE');
await db.end();
