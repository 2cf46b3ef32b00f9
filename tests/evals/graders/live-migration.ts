import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { thrownBy, type Grader, type Kit } from '../kit.ts';

const ROWS = 5000;

const STATE = `SELECT pg_relation_filenode('purchase')::int AS file,
  pg_stat_get_xact_tuples_returned('purchase'::regclass)::int AS read,
  (SELECT coalesce(string_agg(mode, ' '), '') FROM pg_locks
   WHERE relation = 'purchase'::regclass AND pid = pg_backend_pid()) AS locks`;

/** What a file does to the table, tried in a transaction; undefined for one that cannot run in one. */
async function effectOf(sql: string, db: PoolClient) {
  const state = async () => (await db.query<{ file: number; read: number; locks: string }>(STATE)).rows[0]!;
  await db.query('BEGIN');
  try {
    const before = await state();
    await db.query(sql);
    const after = await state();
    const blocks = /AccessExclusive|ShareRowExclusive|\bShareLock|\bExclusiveLock/.test(after.locks);
    return { blocks, rewrites: after.file !== before.file, reads: after.read > before.read };
  } catch (error) {
    if ((error as { code?: string }).code === '25001') return undefined;
    throw error;
  } finally {
    await db.query('ROLLBACK');
  }
}

/** Runs a file while a report reads the table: it must not keep everybody behind it waiting. */
async function besideReport(sql: string, kit: Kit) {
  const report = await kit.pool.connect();
  await report.query('BEGIN; SELECT FROM purchase LIMIT 1');
  const db = await kit.pool.connect();
  await db.query("SET statement_timeout = '4s'");
  const error = await thrownBy(() => db.query(sql));
  await report.query('COMMIT');
  report.release();
  db.release(true);
  return { waits: error?.code === '57014', done: error === undefined };
}

export const grade: Grader = async function* (kit) {
  await kit.startTables();
  await kit.pool.query(`
    INSERT INTO buyer SELECT generate_series(1, 50);
    INSERT INTO purchase SELECT n, 1 + n % 50, n FROM generate_series(1, ${ROWS}) AS n`);
  const files = globSync('*.sql', { cwd: kit.folder }).sort();
  if (files.length === 0) throw new Error('there is no .sql file');
  const seen: { file: string; blocks: boolean; rewrites: boolean; reads: boolean; waits: boolean }[] = [];
  for (const file of files) {
    const sql = readFileSync(join(kit.folder, file), 'utf8');
    const db = await kit.pool.connect();
    const effect = (await effectOf(sql, db)) ?? { blocks: false, rewrites: false, reads: false };
    const { waits, done } = effect.blocks ? await besideReport(sql, kit) : { waits: false, done: false };
    seen.push({ file, ...effect, waits });
    if (!done) await db.query(sql);
    db.release(true);
  }
  const shown = seen
    .map(
      ({ file, ...does }) =>
        `${file}: ${
          Object.entries(does)
            .flatMap(([what, is]) => (is ? what : []))
            .join(' ') || 'nothing'
        }`,
    )
    .join('; ');

  const column = await kit.value(`SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'purchase'::regclass
    AND attname = 'currency' AND attnotnull AND NOT EXISTS (SELECT FROM purchase WHERE to_jsonb(purchase) ->> 'currency' IS DISTINCT FROM 'EUR')`);
  const key = await kit.value(
    "SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'purchase'::regclass AND contype = 'f' AND convalidated",
  );
  const index = await kit.value(`SELECT count(*)::int FROM pg_index WHERE indrelid = 'purchase'::regclass AND indisvalid
    AND indkey[0] = (SELECT attnum FROM pg_attribute WHERE attrelid = 'purchase'::regclass AND attname = 'buyer_id')`);
  yield [column === 1 && key === 1 && index > 0, { column, key, index }];
  yield [!seen.some(({ rewrites }) => rewrites), shown];
  yield [!seen.some(({ blocks, reads }) => blocks && reads), shown];
  yield [!seen.some((one) => one.waits), shown];
};
