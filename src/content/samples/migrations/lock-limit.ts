import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError, type Client } from 'pg';

// #region limit
type Limits = {
  /** How long others may have to wait behind this statement; milliseconds. */
  lockTimeout: number;
  /** How long to let them pass before the next try; milliseconds. */
  pause: number;
  tries: number;
  onRefused?: (attempt: number) => void | Promise<void>;
};

/**
 * Runs one statement that needs a strong lock, and gives up its place in the
 * queue after `lockTimeout`, to try again later. Throws 55P03 after the last
 * try. Not for CONCURRENTLY, which leaves an INVALID index when it gives up.
 */
export async function withLockLimit(
  db: Client,
  statement: string,
  { lockTimeout, pause, tries, onRefused }: Limits,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    await db.query('BEGIN');
    try {
      // LOCAL: the limit ends with the transaction, as the lock does.
      await db.query(`SET LOCAL lock_timeout = ${lockTimeout}`);
      await db.query(statement);
      await db.query('COMMIT');
      return attempt;
    } catch (error) {
      // What went wrong is `error`, whatever ROLLBACK says on top of it.
      await db.query('ROLLBACK').catch(() => {});
      const refused = error instanceof DatabaseError && error.code === '55P03';
      if (!refused || attempt === tries) throw error;
    }
    await onRefused?.(attempt);
    // Not in step with whoever else comes back at equal intervals.
    await sleep(pause * (0.5 + Math.random()));
  }
}
// #endregion limit
