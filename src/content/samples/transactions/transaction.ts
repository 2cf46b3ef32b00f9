import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError, type Pool, type PoolClient } from 'pg';

// #region transaction
export type Isolation = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

type Work<T> = (db: PoolClient) => Promise<T>;

/** Serialization failure and deadlock: nothing was kept, so try again. */
const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

/**
 * Runs `work` in one transaction. After a serialization failure or a deadlock
 * all of it runs again, up to five times in all, so it may do nothing that a
 * rollback does not undo. When the connection breaks, nobody knows whether
 * the transaction was committed: that is thrown, and never tried again.
 */
export async function transaction<T>(
  pool: Pool,
  isolation: Isolation,
  work: Work<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(pool, isolation, work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isRetryable(error)) throw error;
    }
    // Losers that wait equally long would only meet again.
    await sleep(Math.random() * 10 * 2 ** attempt);
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof DatabaseError && RETRYABLE.has(error.code ?? '');
}

async function attemptOnce<T>(
  pool: Pool,
  isolation: Isolation,
  work: Work<T>,
): Promise<T> {
  const client = await pool.connect();
  let over = false;
  let broken: Error | undefined;
  const onError = (error: Error) => (broken ??= error);
  // A client in use has no listener of the pool's: unheard, this ends Node.
  client.on('error', onError);
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    const result = await work(until(() => over, client)).finally(() => {
      over = true;
    });
    const { command } = await client.query('COMMIT');
    // After an error that `work` swallowed, COMMIT rolls back without one.
    if (command !== 'COMMIT') throw new Error(`COMMIT answered ${command}`);
    return result;
  } catch (error) {
    // What broke the connection, not what a query on it says afterwards.
    const reason = broken ?? error;
    await client.query('ROLLBACK').catch(onError);
    throw reason;
  } finally {
    client.off('error', onError);
    // With an error the pool closes the connection instead of keeping it.
    client.release(broken);
  }
}

/** Refuses what `work` left running: it would run outside the transaction. */
function until(isOver: () => boolean, client: PoolClient): PoolClient {
  return new Proxy(client, {
    get(target, key): unknown {
      if (key === 'query' && isOver()) throw new Error('transaction is over');
      return Reflect.get(target, key, target);
    },
  });
}
// #endregion transaction
