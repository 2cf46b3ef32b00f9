import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Pool } from 'pg';
import { z } from 'zod';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', (error) => console.error('idle connection lost', error));

async function refill() {
  await pool.query(`
    DROP SCHEMA IF EXISTS background_jobs_retries CASCADE;
    CREATE SCHEMA background_jobs_retries;
    CREATE TABLE background_jobs_retries.job (
      id      integer PRIMARY KEY,
      payload jsonb NOT NULL,
      attempt integer NOT NULL DEFAULT 0,
      run_at  float8 NOT NULL DEFAULT 0,
      state   text NOT NULL DEFAULT 'ready',
      fault   text
    );
    INSERT INTO background_jobs_retries.job (id, payload) VALUES
      (1, '{"to": null}'),
      (2, '{"to": "ann@outage.example"}'),
      (3, '{"to": "bob@closed.example"}'),
      (4, '{"to": "cleo@gone.example"}'),
      (5, '{"to": "dan@example.com"}'),
      (6, '{"to": "eve@crash.example"}');
  `);
}

/** Seconds since the first job; the program lets them pass. */
let now = 0;

/** As good as Math.random() here, and the same in every run. */
let draws = 0;
function chance(): number {
  const digest = createHash('sha256')
    .update(String((draws += 1)))
    .digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** The provider refuses an address, or cannot reach its host: yet, or ever. */
class MailError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`mail provider answered ${status}`);
    this.status = status;
  }
}
const Mail = z.object({ to: z.email() });

/** The worker's process has ended. Its job does not hear of it. */
let ended = Promise.withResolvers<void>();

/** The provider sends one mail for a key, however often it is asked. */
async function sendMail(to: string, _key: string): Promise<void> {
  if (to.endsWith('crash.example')) {
    ended.resolve();
    await new Promise(() => {});
  }
  if (to.endsWith('closed.example')) throw new MailError(422);
  if (to.endsWith('outage.example') && now < 60) throw new MailError(503);
  if (to.endsWith('gone.example')) throw new MailError(503);
}

// #region retries
type Job = { id: number; payload: unknown; attempt: number };
type OnFault = (job: Job, error: unknown) => Promise<void>;

/** Longer than any job takes; after it, its worker is taken for dead. */
const LEASE = 60;

/** Tries the first job that is due, which nobody else takes meanwhile. */
async function work(onFault: OnFault): Promise<Job | undefined> {
  // Counted when it is taken: a job that kills its worker counts as well.
  const { rows } = await pool.query<Job>(
    `UPDATE background_jobs_retries.job
     SET attempt = attempt + 1, run_at = $1 + $2
     WHERE id = (SELECT id FROM background_jobs_retries.job
       WHERE state = 'ready' AND run_at <= $1
       ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, payload, attempt`,
    [now, LEASE],
  );
  const [job] = rows;
  if (!job) return undefined;
  try {
    const { to } = Mail.parse(job.payload);
    await sendMail(to, `mail-${job.id}`);
    await set(job, 'done', now, null);
  } catch (error) {
    await onFault(job, error);
  }
  return job;
}

/** The job goes back to where it was: first. */
const tryAgain: OnFault = (job) => set(job, 'ready', 0, null);

const ATTEMPTS = 10;

/** Later, if that can help; otherwise to those that a person looks at. */
const backOff: OnFault = async (job, error) => {
  const fault = error instanceof Error ? error.message : String(error);
  if (!isTemporary(error) || job.attempt >= ATTEMPTS) {
    return set(job, 'dead', now, fault);
  }
  const pause = Math.min(60, 2 ** (job.attempt - 1)) * chance();
  return set(job, 'ready', now + pause, fault);
};

/** Ends those whose last attempt ended with its worker: nobody else does. */
async function bury(): Promise<void> {
  await pool.query(
    `UPDATE background_jobs_retries.job
     SET state = 'dead', fault = 'did not outlive its worker'
     WHERE state = 'ready' AND run_at <= $1 AND attempt >= $2`,
    [now, ATTEMPTS],
  );
}

/** What is wrong with the job itself is wrong the next time, too. */
function isTemporary(error: unknown): boolean {
  if (error instanceof z.ZodError) return false;
  if (!(error instanceof MailError)) return true;
  return error.status === 429 || error.status >= 500;
}
// #endregion retries

async function set(
  { id, attempt }: Job,
  state: 'ready' | 'done' | 'dead',
  runAt: number,
  fault: string | null,
): Promise<void> {
  // Nothing, if the lease is over and somebody else has taken it since.
  await pool.query(
    `UPDATE background_jobs_retries.job
     SET state = $3, run_at = $4, fault = $5
     WHERE id = $1 AND attempt = $2 AND state = 'ready'`,
    [id, attempt, state, runAt, fault],
  );
}

/** Works, and lets time pass when nothing is due, for so many runs at most. */
async function outcome(onFault: OnFault, limit: number) {
  const isBuried = onFault === backOff;
  await refill();
  now = 0;
  let runs = 0;
  while (runs < limit) {
    if (isBuried) await bury();
    ended = Promise.withResolvers();
    // Whoever restarts a worker goes on here.
    const died = ended.promise.then(() => true);
    if (await Promise.race([work(onFault), died])) {
      runs += 1;
      continue;
    }
    const { rows } = await pool.query<{ next: number | null }>(
      `SELECT min(run_at) AS next FROM background_jobs_retries.job
       WHERE state = 'ready'`,
    );
    if (rows[0]?.next == null) break;
    now = rows[0].next;
  }
  const { rows } = await pool.query<{ attempt: number; state: string }>(
    `SELECT attempt, state FROM background_jobs_retries.job ORDER BY id`,
  );
  return rows.map(({ attempt, state }) => `${attempt} ${state}`);
}

const expected: [string, string, string][] = [
  ['no address', '100 ready', '1 dead'],
  ['host down for 60 s', '0 ready', '9 done'],
  ['address refused', '0 ready', '1 dead'],
  ['host gone', '0 ready', '10 dead'],
  ['well', '0 ready', '1 done'],
  ['kills its worker', '0 ready', '10 dead'],
];
const again = await outcome(tryAgain, 100);
const later = await outcome(backOff, 100);
console.log('attempts, state     tryAgain   backOff');
expected.forEach(([name, ...states], i) => {
  const [first = '', second = ''] = [again[i], later[i]];
  console.log(name.padEnd(19), first.padEnd(10), second);
  assert.deepEqual([first, second], states);
});

// What a person sees: each dead job, with the reason.
const { rows: dead } = await pool.query<{ id: number; fault: string }>(
  `SELECT id, fault FROM background_jobs_retries.job
   WHERE state = 'dead' ORDER BY id`,
);
console.log();
for (const { id, fault } of dead) {
  const reason = fault.startsWith('[') ? 'a ZodError' : fault;
  console.log(`dead: job ${id}, ${reason}`);
}
assert.deepEqual(
  dead.map(({ id }) => id),
  [1, 3, 4, 6],
);

// Two workers: a lease keeps the second off, and the first from being late.
await refill();
await pool.query('DELETE FROM background_jobs_retries.job WHERE id > 2');
now = 0;
const taken: (number | undefined)[] = [];
const takes = async () => taken.push((await work(async () => {}))?.id);
await work(async (job) => {
  await takes(); // the next one
  await takes(); // nothing
  now = LEASE;
  await takes(); // this one, since its lease is over
  await set(job, 'done', now, null); // too late
});
const { rows: late } = await pool.query<{ state: string }>(
  'SELECT state FROM background_jobs_retries.job WHERE id = 1',
);
assert.deepEqual(taken, [2, undefined, 1]);
assert.deepEqual(late, [{ state: 'ready' }]);
await pool.query('DROP SCHEMA background_jobs_retries CASCADE');
await pool.end();
