import assert from 'node:assert/strict';
import { DatabaseError, type Client } from 'pg';
import { blockersOf, connect } from './sessions.ts';

const config = {
  connectionString: process.env.DATABASE_URL,
  options: '-c search_path=locks_queue',
};
const observer = await connect('observer', config);
await observer.db.query(`
  DROP SCHEMA IF EXISTS locks_queue CASCADE;
  CREATE SCHEMA locks_queue;
  CREATE TABLE job (
    id           integer PRIMARY KEY,
    state        text NOT NULL DEFAULT 'ready',
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    attempt      integer NOT NULL DEFAULT 0
  );
`);

type Job = { id: number; attempt: number };

const first = async (db: Client, statement: string) =>
  (await db.query<Job>(statement)).rows[0];

// #region queue
/** How a worker takes a job, and how it says that the job is done. */
type Way = {
  take(db: Client, othersRun: () => Promise<void>): Promise<Job | undefined>;
  finish(db: Client, job: Job): Promise<boolean>;
};

const NEXT = `SELECT id, attempt FROM job WHERE state = 'ready'
  ORDER BY id LIMIT 1`;

const markDone = async (db: Client, { id }: Job) => {
  const done = "UPDATE job SET state = 'done' WHERE id = $1";
  return (await db.query(done, [id])).rowCount === 1;
};
const commitDone = async (db: Client, job: Job) => {
  const done = await markDone(db, job);
  await db.query('COMMIT');
  return done;
};

const ways: Record<string, Way> = {
  readThenMark: {
    async take(db, othersRun) {
      const job = await first(db, NEXT);
      await othersRun();
      const mark = "UPDATE job SET state = 'running' WHERE id = $1";
      if (job) await db.query(mark, [job.id]);
      return job;
    },
    finish: markDone,
  },
  forUpdate: {
    async take(db) {
      await db.query('BEGIN');
      return first(db, `${NEXT} FOR UPDATE`);
    },
    finish: commitDone,
  },
  markAndCommit: {
    take: (db) =>
      first(
        db,
        `UPDATE job SET state = 'running' WHERE id =
           (SELECT id FROM (${NEXT} FOR UPDATE SKIP LOCKED) AS next)
         RETURNING id, attempt`,
      ),
    finish: markDone,
  },
  skipLocked: {
    async take(db) {
      await db.query('BEGIN');
      return first(db, `${NEXT} FOR UPDATE SKIP LOCKED`);
    },
    finish: commitDone,
  },
  lease: {
    take: (db) =>
      first(
        db,
        `UPDATE job SET leased_until = now() + interval '1 minute',
           attempt = attempt + 1
         WHERE id = (SELECT id FROM job
           WHERE state = 'ready' AND leased_until <= now() AND attempt < 5
           ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, attempt`,
      ),
    // Somebody else's attempt is not for this worker to end.
    async finish(db, { id, attempt }) {
      const done = `UPDATE job SET state = 'done'
        WHERE id = $1 AND attempt = $2 AND state = 'ready'`;
      return (await db.query(done, [id, attempt])).rowCount === 1;
    },
  },
};
// #endregion queue

/** Ann takes a job, then Bob tries; then Ann finishes hers, or dies. */
async function race(way: Way, annsEnd: 'finishes' | 'dies') {
  await observer.db.query('TRUNCATE job; INSERT INTO job (id) VALUES (1), (2)');
  const [ann, bob] = [
    await connect('Ann', config),
    await connect('Bob', config),
  ];
  const runs = new Map<number, number>();
  const run = (job: Job | undefined) => {
    if (job) runs.set(job.id, (runs.get(job.id) ?? 0) + 1);
    return job;
  };

  let bobs: Promise<Job | undefined> | undefined;
  const bobTries = async () => {
    bobs ??= way.take(bob.db, () => Promise.resolve());
    // Until he has a job, or waits for somebody.
    await blockersOf(observer, bob, bobs);
  };
  const anns = run(await way.take(ann.db, bobTries));
  assert(anns?.id === 1);
  await bobTries();
  assert(bobs);
  const waits = (await blockersOf(observer, bob, bobs)).length > 0;

  if (annsEnd === 'finishes') {
    assert(await way.finish(ann.db, anns));
    await ann.db.end();
  } else {
    // As when her process is killed: the server sees the connection end.
    const gone = new Promise((resolve) => ann.db.once('end', resolve));
    const told = new Promise((resolve) => ann.db.once('error', resolve));
    await observer.db.query('SELECT pg_terminate_backend($1)', [ann.pid]);
    const error = await told;
    assert(error instanceof DatabaseError && error.code === '57P01');
    await gone;
  }
  let job = run(await bobs);
  const bobsFirst = `job ${job?.id}`;
  if (job) await way.finish(bob.db, job);
  // A minute later, without waiting for it, Bob takes what is left.
  await observer.db.query('UPDATE job SET leased_until = now()');
  while ((job = run(await way.take(bob.db, () => Promise.resolve())))) {
    await way.finish(bob.db, job);
  }
  await bob.db.end();

  const { rows } = await observer.db.query<{ state: string }>(
    'SELECT state FROM job WHERE id = 1',
  );
  return {
    meanwhile: waits ? 'waits' : bobsFirst,
    runs: runs.get(1) ?? 0,
    state: rows[0]?.state ?? 'gone',
  };
}

const WIDTHS = [15, 17, 19, 0];
const print = (...cells: string[]) =>
  console.log(cells.map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0)).join(''));

const expected: Record<string, [string, number, string]> = {
  readThenMark: ['job 1', 2, 'done in run 2'],
  forUpdate: ['waits', 1, 'done in run 2'],
  markAndCommit: ['job 2', 1, 'running for ever'],
  skipLocked: ['job 2', 1, 'done in run 2'],
  lease: ['job 2', 1, 'done in run 2'],
};
print('Ann has job 1', 'Bob meanwhile', 'Ann finishes', 'Ann dies: job 1 is');
for (const [name, way] of Object.entries(ways)) {
  const well = await race(way, 'finishes');
  const dead = await race(way, 'dies');
  assert.equal(dead.meanwhile, well.meanwhile);
  const left =
    dead.state === 'done' ? `done in run ${dead.runs}` : 'running for ever';
  const runs = well.runs === 1 ? 'job 1 ran once' : `job 1 ran twice`;
  print(name, well.meanwhile, runs, left);
  assert.deepEqual([well.meanwhile, well.runs, left], expected[name]);
}

// The lease ends while Ann is still at work, and Bob takes the job as well.
const { lease } = ways;
assert(lease);
await observer.db.query('TRUNCATE job; INSERT INTO job (id) VALUES (1)');
const nobodyElse = () => Promise.resolve();
const late = await lease.take(observer.db, nobodyElse);
await observer.db.query('UPDATE job SET leased_until = now()');
const second = await lease.take(observer.db, nobodyElse);
assert(late && second);
assert.equal(second.attempt, 2);
const lateEnds = await lease.finish(observer.db, late);
const secondEnds = await lease.finish(observer.db, second);
console.log(
  `lease over, Ann finishes late: ${lateEnds ? 'counts' : 'refused'}; ` +
    `Bob finishes: ${secondEnds ? 'counts' : 'refused'}`,
);
assert.deepEqual([lateEnds, secondEnds], [false, true]);

await observer.db.query('DROP SCHEMA locks_queue CASCADE');
await observer.db.end();
