import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

/** The keys of the last day, and a table for an effect that must be single. */
export const TABLES = `
  DROP SCHEMA IF EXISTS idempotency CASCADE;
  CREATE SCHEMA idempotency;
  CREATE TABLE idempotency.request (
    owner       text NOT NULL,
    key         text NOT NULL,
    fingerprint text NOT NULL,
    status      integer,
    headers     json,
    body        text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, key)
  );
  CREATE TABLE idempotency.payment (
    id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner  text NOT NULL,
    amount integer NOT NULL CHECK (amount > 0)
  );`;

// #region once
/** What identifies a request: who sent it, under which key, and its content. */
export type Sent = { owner: string; key: string; content: unknown };

/** All that a retry must see again. */
export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: string;
};

/** The key was used before, for something else. */
export class KeyReused extends Error {}

/**
 * Runs `work` in a transaction that also holds the key, and stores its answer.
 * A retry gets that answer. What `work` throws is not stored: a retry may try.
 */
export function once(
  pool: Pool,
  { owner, key, content }: Sent,
  work: (db: PoolClient) => Promise<Answer>,
): Promise<Answer> {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(content))
    .digest('hex');

  return inTransaction(pool, async (db) => {
    // If the same key is under way, this waits for the end of it.
    const { rowCount } = await db.query(
      `INSERT INTO idempotency.request (owner, key, fingerprint)
       VALUES ($1, $2, $3) ON CONFLICT (owner, key) DO NOTHING`,
      [owner, key, fingerprint],
    );
    if (rowCount === 0) return storedAnswer(db, owner, key, fingerprint);

    const answer = await work(db);
    await db.query(
      `UPDATE idempotency.request SET status = $3, headers = $4, body = $5
       WHERE owner = $1 AND key = $2`,
      [owner, key, answer.status, answer.headers, answer.body],
    );
    return answer;
  });
}

async function storedAnswer(
  db: PoolClient,
  owner: string,
  key: string,
  fingerprint: string,
): Promise<Answer> {
  const { rows } = await db.query<Answer & { fingerprint: string }>(
    `SELECT fingerprint, status, headers, body FROM idempotency.request
     WHERE owner = $1 AND key = $2`,
    [owner, key],
  );
  const [stored] = rows;
  if (!stored) throw new Error('the key was deleted just now');
  if (stored.fingerprint !== fingerprint) throw new KeyReused();
  const { status, headers, body } = stored;
  return { status, headers, body };
}
// #endregion once

/** Commits what `work` did, or nothing of it. */
export async function inTransaction<T>(
  pool: Pool,
  work: (db: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => (broken ??= error);
  // A client in use has no listener of the pool's: unheard, this ends Node.
  client.on('error', onError);
  try {
    // At a higher level, a key that was under way would be error 40001.
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(client);
    const { command } = await client.query('COMMIT');
    // After an error that `work` swallowed, COMMIT rolls back without one.
    if (command !== 'COMMIT') throw new Error(`COMMIT answered ${command}`);
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(onError);
    throw broken ?? error;
  } finally {
    client.off('error', onError);
    // With an error the pool closes the connection instead of keeping it.
    client.release(broken);
  }
}
