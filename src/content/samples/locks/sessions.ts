import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';

// #region sessions
export type Session = { name: string; pid: number; db: Client };

/** A connection of its own, with the name that it has in the story. */
export async function connect(
  name: string,
  config: ClientConfig,
): Promise<Session> {
  const db = new Client(config);
  // A session that the server ends says so here; unheard, it ends Node.
  db.on('error', () => {});
  await db.connect();
  const { rows } = await db.query<{ pid: number }>(
    'SELECT pg_backend_pid() AS pid',
  );
  return { name, pid: rows[0]?.pid ?? 0, db };
}

/**
 * The processes that a session waits for, once it waits for any; none if its
 * statement comes to an end first. No sleep decides: the server is asked.
 */
export async function blockersOf(
  observer: Session,
  { pid }: Session,
  statement: Promise<unknown>,
): Promise<number[]> {
  let over = false;
  const end = () => (over = true);
  statement.then(end, end);
  while (!over) {
    const { rows } = await observer.db.query<{ pids: number[] }>(
      'SELECT pg_blocking_pids($1) AS pids',
      [pid],
    );
    if (rows[0]?.pids.length) return rows[0].pids;
    await sleep(5);
  }
  return [];
}
// #endregion sessions
