import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { withLockLimit } from './lock-limit.ts';

const connect = async () => {
  const db = new Client({
    connectionString: process.env.DATABASE_URL,
    options: '-c search_path=migrations_lock_timeout',
  });
  await db.connect();
  return db;
};
const [migrator, report, reader, observer] = [
  await connect(),
  await connect(),
  await connect(),
  await connect(),
];
await observer.query(`
  DROP SCHEMA IF EXISTS migrations_lock_timeout CASCADE;
  CREATE SCHEMA migrations_lock_timeout;
  CREATE TABLE purchase (id integer PRIMARY KEY);
`);

// #region retry
/** Sessions that wait for a lock on the table, the migrator's included. */
async function waiting(): Promise<number> {
  const { rows } = await observer.query<{ waiting: number }>(
    `SELECT count(*)::integer AS waiting FROM pg_locks
     WHERE relation = 'purchase'::regclass AND NOT granted`,
  );
  return rows[0]?.waiting ?? 0;
}

/** While a report is being read: the migration, and somebody's SELECT. */
async function withoutLimit() {
  await report.query('BEGIN; SELECT FROM purchase');
  const migration = migrator.query('ALTER TABLE purchase ADD COLUMN a int');
  while ((await waiting()) < 1) await sleep(5);
  const select = reader.query('SELECT id FROM purchase');
  while ((await waiting()) < 2) await sleep(5);
  const stopped = (await waiting()) - 1;
  await report.query('COMMIT');
  await Promise.all([migration, select]);
  return { tries: 1, stopped };
}

/** The same, with a limit; the report ends after the second refusal. */
async function withLimit() {
  await report.query('BEGIN; SELECT FROM purchase');
  let answered = 0;
  const tries = await withLockLimit(
    migrator,
    'ALTER TABLE purchase ADD COLUMN b int',
    {
      lockTimeout: 50,
      pause: 20,
      tries: 5,
      async onRefused(attempt) {
        // The report still has its lock, and yet this is answered.
        await reader.query('SELECT id FROM purchase');
        answered += 1;
        if (attempt === 2) await report.query('COMMIT');
      },
    },
  );
  return { tries, answered };
}
// #endregion retry

const without = await withoutLimit();
console.log(
  `without a limit: ${without.tries} try, ` +
    `${without.stopped} SELECT stopped until the report ends`,
);
assert.equal(without.stopped, 1);

const limited = await withLimit();
console.log(
  `with a limit:    ${limited.tries} tries, ` +
    `${limited.answered} SELECTs answered in between`,
);
assert.deepEqual(limited, { tries: 3, answered: 2 });

// A report that does not end: the migration gives up, and says so.
await report.query('BEGIN; SELECT FROM purchase');
let pauses = 0;
const error = await withLockLimit(migrator, 'DROP TABLE purchase', {
  lockTimeout: 50,
  pause: 20,
  tries: 3,
  onRefused: () => void (pauses += 1),
}).catch((reason: unknown) => reason);
assert(error instanceof DatabaseError);
console.log(`report never ends: ${error.code} after ${pauses + 1} tries`);
assert.deepEqual([error.code, pauses], ['55P03', 2]);
await report.query('COMMIT');

await observer.query('DROP SCHEMA migrations_lock_timeout CASCADE');
await Promise.all([migrator, report, reader, observer].map((db) => db.end()));
