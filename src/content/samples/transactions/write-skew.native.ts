import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { transaction, type Isolation } from './transaction.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS transactions_write_skew CASCADE;
  CREATE SCHEMA transactions_write_skew;
  CREATE TABLE transactions_write_skew.doctor (
    name    text PRIMARY KEY,
    on_call boolean NOT NULL
  );
`);

// #region skew
type Plan = { isolation: Isolation; lock?: 'FOR UPDATE' };

/** Leaves only if another doctor stays, and writes only the own row. */
async function leave(name: string, plan: Plan, othersRun: () => Promise<void>) {
  const { isolation, lock = '' } = plan;
  let tries = 0;
  const answer = await transaction(pool, isolation, async (db) => {
    tries += 1;
    const { rows } = await db.query(
      `SELECT name FROM transactions_write_skew.doctor
       WHERE on_call ${lock}`,
    );
    await othersRun();
    if (rows.length < 2) return 'stays';
    await db.query(
      `UPDATE transactions_write_skew.doctor SET on_call = false
       WHERE name = $1`,
      [name],
    );
    return 'leaves';
  });
  return { answer, tries };
}

/** Ann reads, Bob reads or waits, Ann goes on to the end, then Bob does. */
async function bothLeave(annsPlan: Plan, bobsPlan: Plan) {
  const [ann, bob] = [turn(), turn()];
  const anns = leave('ann', annsPlan, ann.othersRun);
  await ann.reached;
  const bobs = leave('bob', bobsPlan, bob.othersRun);
  await Promise.race([bob.reached, somebodyWaits(bobs)]);
  ann.goOn();
  assert.deepEqual(await anns, { answer: 'leaves', tries: 1 });
  bob.goOn();
  return bobs;
}
// #endregion skew

/** A place to stand still once, until `goOn` is called. */
function turn() {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const othersRun = () => {
    reached.resolve();
    return goOn.promise;
  };
  return { reached: reached.promise, goOn: goOn.resolve, othersRun };
}

/** Resolves once a session of this database waits for a lock. */
async function somebodyWaits(unless: Promise<unknown>): Promise<void> {
  let over = false;
  void unless.finally(() => (over = true));
  while (!over) {
    const { rowCount } = await pool.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rowCount) return;
    await sleep(5);
  }
}

const SERIALIZABLE: Plan = { isolation: 'SERIALIZABLE' };
const REPEATABLE_READ: Plan = { isolation: 'REPEATABLE READ' };
const FOR_UPDATE: Plan = { isolation: 'READ COMMITTED', lock: 'FOR UPDATE' };
const plans = [
  { plans: [REPEATABLE_READ, REPEATABLE_READ], tries: 1, stay: 'nobody' },
  { plans: [SERIALIZABLE, SERIALIZABLE], tries: 2, stay: 'bob' },
  { plans: [SERIALIZABLE, REPEATABLE_READ], tries: 1, stay: 'nobody' },
  { plans: [FOR_UPDATE, FOR_UPDATE], tries: 1, stay: 'bob' },
] as const;

const nameOf = ({ isolation, lock }: Plan) => lock ?? isolation;
const WIDTHS = [17, 17, 8, 7, 0];
const print = (...cells: (string | number)[]) =>
  console.log(
    cells.map((cell, i) => String(cell).padEnd(WIDTHS[i] ?? 0)).join(''),
  );

print('Ann at', 'Bob at', 'Bob', 'tries', 'still on call');
for (const { plans: both, tries, stay } of plans) {
  await pool.query(`
    TRUNCATE transactions_write_skew.doctor;
    INSERT INTO transactions_write_skew.doctor
    VALUES ('ann', true), ('bob', true);
  `);
  const bob = await bothLeave(both[0], both[1]);
  const { rows } = await pool.query<{ name: string }>(
    `SELECT name FROM transactions_write_skew.doctor
     WHERE on_call ORDER BY name`,
  );
  const names = rows.map((row) => row.name).join(' ') || 'nobody';
  print(nameOf(both[0]), nameOf(both[1]), bob.answer, bob.tries, names);
  assert.deepEqual({ tries: bob.tries, stay: names }, { tries, stay });
}

await pool.query('DROP SCHEMA transactions_write_skew CASCADE');
await pool.end();
