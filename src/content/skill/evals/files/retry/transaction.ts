import type { Pool, PoolClient } from 'pg';

/** Runs `work` in a serializable transaction, and again when PostgreSQL says so. */
export async function inTransaction<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  const db = await pool.connect();
  await db.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
  const result = await work(db);
  await db.query('COMMIT');
  db.release();
  return result;
}
