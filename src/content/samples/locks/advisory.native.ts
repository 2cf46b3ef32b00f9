import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool, type PoolClient } from 'pg';

const connectionString = process.env.DATABASE_URL;
const observer = new Client({ connectionString });
await observer.connect();

// #region advisory
// One number for each task that may run only once at a time, kept in one place.
const NIGHTLY_REPORT = 4_711;

type Task = () => Promise<void>;

/** Each statement runs on whichever connection of the pool is idle. */
async function throughPool(pool: Pool, task: Task) {
  await pool.query('SELECT pg_advisory_lock($1)', [NIGHTLY_REPORT]);
  await task();
  const { rows } = await pool.query<{ unlocked: boolean }>(
    'SELECT pg_advisory_unlock($1) AS unlocked',
    [NIGHTLY_REPORT],
  );
  return rows[0]?.unlocked ? 'unlocked' : 'was not the owner';
}

/** The lock belongs to a transaction, and ends with it, however it ends. */
async function inTransaction(pool: Pool, task: Task) {
  const client: PoolClient = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS mine',
      [NIGHTLY_REPORT],
    );
    if (rows[0]?.mine) await task();
    await client.query('COMMIT');
    return rows[0]?.mine ? 'ran' : 'left to another';
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
// #endregion advisory

/** Locks with this number that some session of this database holds. */
async function locksHeld(): Promise<number> {
  const { rows } = await observer.query<{ held: number }>(
    `SELECT count(*)::integer AS held FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND objid = $1
       AND database = (SELECT oid FROM pg_database
                       WHERE datname = current_database())`,
    [NIGHTLY_REPORT],
  );
  return rows[0]?.held ?? 0;
}

console.log('way            told               locks left');
for (const [way, told, left] of [
  [throughPool, 'was not the owner', 1],
  [inTransaction, 'ran', 0],
] as const) {
  const pool = new Pool({ connectionString });
  pool.on('error', (error) => console.error('idle connection lost', error));
  let other: PoolClient | undefined;
  // A request that comes during the task, and takes the idle connection.
  const answer = await way(pool, async () => {
    other = await pool.connect();
    await other.query('SELECT 1');
  });
  const held = await locksHeld();
  console.log(way.name.padEnd(14), answer.padEnd(18), held);
  assert.deepEqual([answer, held], [told, left]);
  other?.release();
  await pool.end();
  // The end of its session frees the lock that nobody could give back.
  while ((await locksHeld()) > 0) await sleep(5);
}

// Two instances at the same hour: the second does not wait, and does nothing.
const [one, two] = [
  new Pool({ connectionString }),
  new Pool({ connectionString }),
];
let runs = 0;
let seconds = '';
await inTransaction(one, async () => {
  runs += 1;
  seconds = await inTransaction(two, () => {
    runs += 1;
    return Promise.resolve();
  });
});
console.log(`two instances: ${runs} run, the second ${seconds}`);
assert.deepEqual([runs, seconds], [1, 'left to another']);

await Promise.all([one.end(), two.end(), observer.end()]);
