import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError, type Pool, type PoolClient } from 'pg';

const TRIES = 5;

/** Runs `work` in a serializable transaction, and again, from its beginning, when PostgreSQL says so. */
export async function inTransaction<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tried(pool, work);
    } catch (error) {
      const again = error instanceof DatabaseError && ['40001', '40P01'].includes(error.code ?? '');
      if (!again || attempt === TRIES) throw error;
    }
    await sleep(5 * 2 ** attempt * Math.random());
  }
}

async function tried<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  const db = await pool.connect();
  try {
    await db.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
    const result = await work(db);
    await db.query('COMMIT');
    return result;
  } catch (error) {
    await db.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    db.release();
  }
}
