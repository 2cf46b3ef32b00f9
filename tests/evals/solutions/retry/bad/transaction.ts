import type { Pool, PoolClient } from 'pg';

export async function inTransaction<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  const db = await pool.connect();
  await db.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await work(db);
      await db.query('COMMIT');
      db.release();
      return result;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}
