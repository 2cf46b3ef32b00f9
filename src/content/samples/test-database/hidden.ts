import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();

const SCHEMA = `
  DROP SCHEMA IF EXISTS test_hidden CASCADE;
  CREATE SCHEMA test_hidden;
  SET search_path TO test_hidden;
  CREATE TABLE team (
    name text PRIMARY KEY,
    lead text NOT NULL
  );
  CREATE TABLE member (
    name    text PRIMARY KEY,
    team    text NOT NULL REFERENCES team,
    joined  timestamptz NOT NULL DEFAULT now()
  );
  ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES member
    DEFERRABLE INITIALLY DEFERRED;
`;

const codeOf = (error: unknown) => `SQLSTATE ${(error as DatabaseError).code}`;
const count = async (text: string) => (await db.query(text)).rowCount;

// #region code
/** Three pieces of code, and what a test of each would look at. */
const code: Record<string, () => Promise<unknown>> = {
  // The lead is somebody who does not exist: checked at COMMIT.
  async 'a team without its lead'() {
    await db.query(`INSERT INTO team VALUES ('red', 'nobody')`);
    return 'no error';
  },

  // One statement after the other, as three requests would come.
  async 'times of three inserts'() {
    await db.query('SET CONSTRAINTS ALL DEFERRED');
    await db.query(`
      WITH new AS (INSERT INTO team VALUES ('red', 'ada') RETURNING name)
      INSERT INTO member SELECT 'ada', name FROM new`);
    for (const name of ['ben', 'eve']) {
      await sleep(20);
      await db.query(`INSERT INTO member VALUES ('${name}', 'red')`);
    }
    return count('SELECT DISTINCT joined FROM member');
  },

  // Tries, and tries something else if the name is taken.
  async 'a second name if one is taken'() {
    await db.query(`
      WITH new AS (INSERT INTO team VALUES ('red', 'ada') RETURNING name)
      INSERT INTO member SELECT 'ada', name FROM new`);
    for (const name of ['ada', 'ada-2']) {
      try {
        await db.query(`INSERT INTO member VALUES ('${name}', 'red')`);
        return name;
      } catch (error) {
        if ((error as DatabaseError).code !== '23505') throw error;
      }
    }
    return 'none';
  },
};

/** What most libraries for tests in transactions do. */
async function rolledBack(run: () => Promise<unknown>) {
  await db.query('BEGIN');
  const result = await run().catch(codeOf);
  await db.query('ROLLBACK');
  return result;
}

/** Each statement commits, as it does in production. */
const committed = (run: () => Promise<unknown>) => run().catch(codeOf);
// #endregion code

const results: unknown[][] = [];
for (const [name, run] of Object.entries(code)) {
  await db.query(SCHEMA);
  const inTest = await rolledBack(run);
  await db.query(SCHEMA);
  results.push([name, inTest, await committed(run)]);
}
const line = ([name, inTest, after]: unknown[]) =>
  `${String(name).padEnd(34)}${String(inTest).padEnd(18)}${String(after)}`;
console.log(line(['', 'rolled back', 'committed']));
for (const row of results) console.log(line(row));
assert.deepEqual(results, [
  ['a team without its lead', 'no error', 'SQLSTATE 23503'],
  ['times of three inserts', 1, 3],
  ['a second name if one is taken', 'SQLSTATE 25P02', 'ada-2'],
]);

await db.query('DROP SCHEMA test_hidden CASCADE');
await db.end();
