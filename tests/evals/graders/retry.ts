import type { Pool, PoolClient } from 'pg';
import { thrownBy, type Grader } from '../kit.ts';

type InTransaction = <T>(pool: Pool, work: (db: PoolClient) => Promise<T>) => Promise<T>;

export const grade: Grader = async function* (kit) {
  await kit.pool.query('CREATE TABLE mark (n int)');
  const { inTransaction } = await kit.load<{ inTransaction: InTransaction }>('transaction');
  const raise = (code: string) => `DO $$ BEGIN RAISE EXCEPTION 'made to fail' USING ERRCODE = '${code}'; END $$`;
  /** Work that writes a row, fails with `code` in its first `failures` runs, and counts its runs. */
  const run = async (code: string, failures: number) => {
    await kit.pool.query('TRUNCATE mark');
    let runs = 0;
    const error = await thrownBy(() =>
      inTransaction(kit.pool, async (db) => {
        runs += 1;
        await db.query('INSERT INTO mark VALUES ($1)', [runs]);
        if (runs <= failures) await db.query(raise(code));
      }),
    );
    return {
      runs,
      error: error?.code ?? error?.message ?? 'none',
      rows: await kit.value('SELECT count(*)::int FROM mark'),
    };
  };

  const result = await inTransaction(
    kit.pool,
    async (db) => (await db.query<{ one: number }>('SELECT 1 AS one')).rows[0]?.one,
  );
  yield [result === 1, `returns ${result}`];
  const conflict = await run('40001', 2);
  yield [conflict.error === 'none' && conflict.runs === 3 && conflict.rows === 1, conflict];
  const deadlock = await run('40P01', 1);
  yield [deadlock.error === 'none' && deadlock.runs === 2 && deadlock.rows === 1, deadlock];
  const other = await run('23505', 1);
  yield [other.error === '23505' && other.runs === 1 && other.rows === 0, other];
  const never = await run('40001', 1000);
  yield [never.error === '40001' && never.runs > 1 && never.runs <= 20 && never.rows === 0, never];

  const { totalCount, idleCount } = kit.pool;
  const open = await kit.value(
    "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
  );
  yield [
    idleCount === totalCount && open === 0,
    `${totalCount - idleCount} clients not given back, ${open} transactions left open`,
  ];
};
