import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const QUEUE = 'background_jobs_outbox:queue';
const redis = new Redis(REDIS_URL);
redis.on('error', (error) => console.error('redis', error.message));

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS background_jobs CASCADE;
  CREATE SCHEMA background_jobs;
  CREATE TABLE background_jobs.shop_order (id integer PRIMARY KEY);
  CREATE TABLE background_jobs.outbox (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job     jsonb NOT NULL,
    sent_at timestamptz
  );
  CREATE TABLE background_jobs.done (job_id text PRIMARY KEY);
  CREATE TABLE background_jobs.account (
    worker text PRIMARY KEY,
    points integer NOT NULL DEFAULT 0
  );
`);

/** Work for later. Its id is the same however often it is sent. */
const Job = z.object({ id: z.string(), order: z.int() });
type Job = z.infer<typeof Job>;

async function inTransaction<T>(
  work: (db: PoolClient) => Promise<T>,
): Promise<T> {
  const db = await pool.connect();
  try {
    await db.query('BEGIN');
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

const insertOrder = (db: PoolClient, id: number) =>
  db.query('INSERT INTO background_jobs.shop_order VALUES ($1)', [id]);

// #region outbox
const send = (job: unknown) => redis.lpush(QUEUE, JSON.stringify(job));

/** `mayEnd` is where the process ends, if it does. */
type Way = (order: number, job: Job, mayEnd: () => void) => Promise<void>;

const sendThenCommit: Way = (order, job, mayEnd) =>
  inTransaction(async (db) => {
    await insertOrder(db, order);
    await send(job);
    mayEnd();
  });

const commitThenSend: Way = async (order, job, mayEnd) => {
  await inTransaction((db) => insertOrder(db, order));
  mayEnd();
  await send(job);
};

/** Order and job are rows of one transaction: both, or neither. */
const throughOutbox: Way = (order, job, mayEnd) =>
  inTransaction(async (db) => {
    await insertOrder(db, order);
    await db.query('INSERT INTO background_jobs.outbox (job) VALUES ($1)', [
      job,
    ]);
    mayEnd();
  });

/** Sends what was committed. If it ends halfway, it sends that again. */
const relay = (mayEnd: () => void) =>
  inTransaction(async (db) => {
    const { rows } = await db.query<{ id: string; job: unknown }>(
      `SELECT id, job FROM background_jobs.outbox WHERE sent_at IS NULL
       ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED`,
    );
    // Workers parse: here, one bad row would hold up all that follow.
    for (const { job } of rows) await send(job);
    mayEnd();
    await db.query(
      `UPDATE background_jobs.outbox SET sent_at = now() WHERE id = ANY ($1)`,
      [rows.map(({ id }) => id)],
    );
  });

const ADD = `UPDATE background_jobs.account SET points = points + 10
  WHERE worker = $1`;
type Worker = (job: Job) => Promise<void>;

const addPoints: Worker = async () => {
  await pool.query(ADD, ['addPoints']);
};

/** The job's id and its effect are committed together. */
const addPointsOnce: Worker = (job) =>
  inTransaction(async (db) => {
    const { rowCount } = await db.query(
      `INSERT INTO background_jobs.done VALUES ($1) ON CONFLICT DO NOTHING`,
      [job.id],
    );
    if (rowCount === 1) await db.query(ADD, ['addPointsOnce']);
  });
// #endregion outbox

class Ended extends Error {}
const goesOn = () => {};
const ends = () => {
  throw new Ended();
};
/** Goes on after the end of a process, as whoever restarts it does. */
const outlive = (work: Promise<void>) =>
  work.catch((error: unknown) => {
    if (!(error instanceof Ended)) throw error;
  });

/** One order of ten points, told by what is left of it. */
async function outcome(way: Way, inBetween: () => void, inRelay: () => void) {
  await pool.query(`
    TRUNCATE background_jobs.shop_order, background_jobs.outbox,
      background_jobs.done, background_jobs.account;
    INSERT INTO background_jobs.account (worker)
    VALUES ('addPoints'), ('addPointsOnce');
  `);
  await redis.del(QUEUE);
  const job = { id: 'points-for-order-1', order: 1 };
  await outlive(way(1, job, inBetween));
  await outlive(relay(inRelay));
  await relay(goesOn);

  let jobs = 0;
  // Removed when it is done: a worker that ends before has lost nothing.
  for (let text; (text = await redis.lindex(QUEUE, -1)) !== null; jobs += 1) {
    const taken = Job.parse(JSON.parse(text));
    for (const worker of [addPoints, addPointsOnce]) await worker(taken);
    await redis.rpop(QUEUE);
  }
  const { rows } = await pool.query<{ orders: string; points: number[] }>(
    `SELECT (SELECT count(*) FROM background_jobs.shop_order) AS orders,
       array_agg(points ORDER BY worker) AS points
     FROM background_jobs.account`,
  );
  return [Number(rows[0]?.orders), jobs, ...(rows[0]?.points ?? [])];
}

const print = (...cells: unknown[]) =>
  console.log(
    ...cells.map((cell, i) =>
      i < 2 ? String(cell).padEnd([14, 13][i] ?? 0) : String(cell).padStart(6),
    ),
  );
print('', 'ends', 'orders', 'jobs', 'points', 'once');
for (const [way, where, ...expected] of [
  [sendThenCommit, 'nowhere', 1, 1, 10, 10],
  [sendThenCommit, 'in between', 0, 1, 10, 10],
  [commitThenSend, 'nowhere', 1, 1, 10, 10],
  [commitThenSend, 'in between', 1, 0, 0, 0],
  [throughOutbox, 'nowhere', 1, 1, 10, 10],
  [throughOutbox, 'before COMMIT', 0, 0, 0, 0],
  [throughOutbox, 'in the relay', 1, 2, 20, 10],
] as const) {
  const inRelay = where === 'in the relay';
  const found = await outcome(
    way,
    where === 'nowhere' || inRelay ? goesOn : ends,
    inRelay ? ends : goesOn,
  );
  print(way.name, where, ...found);
  assert.deepEqual(found, expected);
}

await redis.quit();
await pool.query('DROP SCHEMA background_jobs CASCADE');
await pool.end();
