import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Queue, Worker, type Job, type JobsOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';

const { REDIS_URL, DATABASE_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
// A worker waits for Redis for as long as it takes, as BullMQ demands.
const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
connection.on('error', (error) => console.error('redis', error.message));
const pool = new Pool({ connectionString: DATABASE_URL });
pool.on('error', (error) => console.error('idle connection lost', error));

const QUEUE = 'charges';
const prefix = 'background_jobs_stalled';
const killed = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => {});
};

// #region stalled
/** Charges twice if it runs twice. */
const charge = (jobId: string) =>
  pool.query('INSERT INTO background_jobs_stalled.charge VALUES ($1)', [jobId]);

/** The job's id is the primary key. */
const chargeOnce = (jobId: string) =>
  pool.query(
    `INSERT INTO background_jobs_stalled.charge_once VALUES ($1)
     ON CONFLICT DO NOTHING`,
    [jobId],
  );

/** What the worker does, and where it comes to an end. */
async function run(job: Job): Promise<void> {
  const { id = '', name } = job;
  await charge(id);
  await chargeOnce(id);
  if (name === 'fails') throw new Error('provider answered 503');
  // As when memory runs out, or a deployment is out of patience.
  const dies = name === 'dies once' && job.attemptsStarted === 1;
  if (dies || name === 'kills') await killed();
}

/** A lock holds for 30 s, as by default; it is looked for more often. */
const startWorker = () =>
  new Worker(QUEUE, run, {
    connection,
    prefix,
    lockDuration: 30_000,
    stalledInterval: 200,
  });

type Case = { name: string; options: JobsOptions; killed?: number };
const cases: Record<string, Case> = {
  'worker dies once': { name: 'dies once', options: {}, killed: 1 },
  'job kills workers': { name: 'kills', options: {}, killed: 2 },
  'throws, by default': { name: 'fails', options: {} },
  'throws, attempts: 3': {
    name: 'fails',
    options: { attempts: 3, backoff: { type: 'exponential', delay: 10 } },
  },
  'added twice': { name: 'well', options: {} },
  'added when removed': { name: 'well', options: { removeOnComplete: true } },
};
// #endregion stalled

type End = { state: string; reason: string };

/** How the last attempt of a job ended. */
const endOf = (worker: Worker, id: string) =>
  new Promise<End>((resolve) => {
    worker.on('completed', (job) => {
      if (job.id === id) resolve({ state: 'completed', reason: '' });
    });
    worker.on('failed', (job, { message }) => {
      if (job?.id !== id || job.attemptsMade < (job.opts.attempts ?? 0)) return;
      resolve({ state: 'failed', reason: message });
    });
  });

async function outcome(jobId: string, { name, options, killed = 0 }: Case) {
  const queue = new Queue(QUEUE, { connection, prefix });
  await queue.obliterate({ force: true });
  await queue.add(name, {}, { ...options, jobId });
  for (let i = 0; i < killed; i += 1) {
    const child = spawn(process.execPath, [import.meta.filename, 'worker'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [, signal] = (await once(child, 'exit')) as [unknown, string];
    assert.equal(signal, 'SIGKILL');
    // As after 30 s, which nobody is to wait for here.
    assert.equal(await connection.del(`${queue.toKey(jobId)}:lock`), 1);
  }
  const worker = startWorker();
  worker.on('error', (error) => console.error('worker', error.message));
  const end = await endOf(worker, jobId);
  if (name === 'well') {
    const last = endOf(worker, 'last');
    await queue.add(name, {}, { ...options, jobId });
    // One worker, one at a time: when this is done, so is all before it.
    await queue.add('last', {}, { jobId: 'last' });
    await last;
  }
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return end;
}

async function countOf(table: string, jobId: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::integer FROM background_jobs_stalled.${table}
     WHERE job_id = $1`,
    [jobId],
  );
  return rows[0]?.count ?? 0;
}

const expected: Record<string, [number, string]> = {
  'worker dies once': [2, 'completed'],
  'job kills workers': [2, 'failed'],
  'throws, by default': [1, 'failed'],
  'throws, attempts: 3': [3, 'failed'],
  'added twice': [1, 'completed'],
  'added when removed': [2, 'completed'],
};
if (process.argv[2] === 'worker') {
  startWorker().on('error', (error) => console.error(error.message));
} else {
  await pool.query(`
    DROP SCHEMA IF EXISTS background_jobs_stalled CASCADE;
    CREATE SCHEMA background_jobs_stalled;
    CREATE TABLE background_jobs_stalled.charge (job_id text);
    CREATE TABLE background_jobs_stalled.charge_once (job_id text PRIMARY KEY);
  `);
  console.log('job                  charge  chargeOnce  in the end');
  const reasons = new Set<string>();
  for (const [label, one] of Object.entries(cases)) {
    const jobId = label.replaceAll(/\W+/g, '-');
    const { state, reason } = await outcome(jobId, one);
    const charges = await countOf('charge', jobId);
    const once = await countOf('charge_once', jobId);
    console.log(
      label.padEnd(20),
      String(charges).padStart(6),
      String(once).padStart(11),
      ` ${state}`,
    );
    if (reason) reasons.add(reason);
    assert.deepEqual([charges, state], expected[label]);
    assert.equal(once, 1);
  }
  console.log();
  for (const reason of reasons) console.log(`failed: ${reason}`);
  assert.deepEqual(
    [...reasons],
    ['job stalled more than allowable limit', 'provider answered 503'],
  );
  await pool.query('DROP SCHEMA background_jobs_stalled CASCADE');
  await pool.end();
  await connection.quit();
}
