import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { drainAtSigterm } from './drain.ts';

const { DATABASE_URL, REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');

/** A report waits in PostgreSQL for as long as somebody holds this lock. */
const LOCK = 8_020;

// #region ways
/** How a server stops. Returns whether it is ready for requests. */
type Way = (server: Server, release: () => Promise<unknown>) => () => boolean;
const always = () => true;

const noHandler: Way = () => always;

const exitAtOnce: Way = () => {
  process.on('SIGTERM', () => process.exit(0));
  return always;
};

const poolFirst: Way = (server, release) => {
  process.on('SIGTERM', () => {
    server.close();
    void release();
  });
  return always;
};

const closeOnly: Way = (server, release) => {
  process.on('SIGTERM', () => server.close(() => void release()));
  return always;
};

const draining =
  (patience: number): Way =>
  (server, release) =>
    drainAtSigterm(server, {
      // sleep(5_000), in a program that need not end soon.
      noticed: () => once(process, 'message'),
      patience,
      release,
    }).isReady;
const drain = draining(20_000);
/** For requests that do not come to an end. */
const drainStuck = draining(500);

const ways = { noHandler, exitAtOnce, poolFirst, closeOnly, drain, drainStuck };

async function serve(way: Way) {
  const pool = new Pool({ connectionString: DATABASE_URL, max: 20 });
  pool.on('error', (error) => console.error('idle connection lost', error));
  const redis = new Redis(REDIS_URL!);
  redis.on('error', (error) => console.error('redis', error.message));
  const app = express();
  const server = createServer(app);
  // Longer than the balancer's, as below.
  server.keepAliveTimeout = 70_000;
  const isReady = way(server, () => Promise.all([pool.end(), redis.quit()]));

  app.get('/ready', (_req, res) => void res.sendStatus(isReady() ? 200 : 503));
  app.get('/report', async (_req, res) => {
    await pool.query('SELECT pg_advisory_xact_lock_shared($1)', [LOCK]);
    await pool.query('SELECT 1');
    res.json({ reports: await redis.incr('deployment_shutdown:reports') });
  });
  server.listen(0);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
// #endregion ways

type Name = keyof typeof ways;
const EACH = 4;

/** Sends so many reports; what becomes of them is told when all have ended. */
function sendReports(url: string) {
  const heads = new Set<string | null>();
  let failed = 0;
  const all = Array.from({ length: EACH }, async () => {
    const response = await fetch(`${url}/report`).catch(() => undefined);
    if (!response) failed += 1;
    await response?.arrayBuffer().catch(() => undefined);
    if (response) heads.add(response.headers.get('connection'));
    return response?.status;
  });
  return {
    failed: () => failed,
    async outcome() {
      const statuses = await Promise.all(all);
      const answered = statuses.filter((status) => status === 200).length;
      return { answered, connection: [...heads].join() || 'cut' };
    },
  };
}

const holder = new Client({ connectionString: DATABASE_URL });

/** Until so many reports wait for the lock, or cannot come any more. */
async function untilWaiting(wanted: () => number): Promise<void> {
  for (;;) {
    const { rows } = await holder.query<{ count: number }>(
      `SELECT count(*)::integer FROM pg_locks
       WHERE locktype = 'advisory' AND objid = $1 AND NOT granted`,
      [LOCK],
    );
    if ((rows[0]?.count ?? 0) >= wanted()) return;
    await sleep(10);
  }
}

/** What an orchestrator and a balancer do to one instance. */
async function stopped(name: Name) {
  await holder.query('SELECT pg_advisory_lock($1)', [LOCK]);
  const child = fork(import.meta.filename, [name], { silent: true });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  let running = true;
  void ended.then(() => (running = false));
  const [port] = (await once(child, 'message')) as [number];
  const url = `http://localhost:${port}`;

  // A client that connects in advance, and sends nothing.
  const silent = connect(port, 'localhost').on('error', () => {});
  await once(silent, 'connect');
  const before = sendReports(url);
  await untilWaiting(() => EACH);
  child.kill('SIGTERM');
  const isReady = async () => {
    const response = await fetch(`${url}/ready`);
    await response.arrayBuffer();
    return response.status === 200;
  };
  while (await isReady().catch(() => false)) await sleep(10);
  // The balancer asks every few seconds, and has not asked yet.
  const after = sendReports(url);
  await untilWaiting(() => (running ? 2 * EACH - after.failed() : 0));
  if (running) child.send('noticed', () => {});

  const stuck = name === 'drainStuck';
  if (!stuck) await holder.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  // All are answered, refused or cut, however busy the machine is.
  const [early, late] = [await before.outcome(), await after.outcome()];
  // A grace period, after which nobody asks any more. It is short for those
  // that it has to end; the others have all the time that they may need.
  const hangs = name === 'poolFirst' || name === 'closeOnly';
  const grace = setTimeout(() => child.kill('SIGKILL'), hangs ? 2_000 : 60_000);
  const [code, signal] = await ended;
  clearTimeout(grace);
  if (stuck) await holder.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  silent.destroy();
  return { early, late, end: signal ?? `code ${code}`, stderr };
}

const expected: Record<Name, [number, number, string, string]> = {
  noHandler: [0, 0, 'cut', 'SIGTERM'],
  exitAtOnce: [0, 0, 'cut', 'code 0'],
  poolFirst: [0, 0, 'keep-alive', 'SIGKILL'],
  closeOnly: [4, 0, 'keep-alive', 'SIGKILL'],
  drain: [4, 4, 'close', 'code 0'],
  drainStuck: [0, 0, 'cut', 'code 1'],
};
const [, , way] = process.argv;
if (way) {
  process.send?.(await serve(ways[way as Name]));
} else {
  await holder.connect();
  console.log('way         in flight  later   connection  ended by');
  for (const name of Object.keys(ways) as Name[]) {
    const { early, late, end, stderr } = await stopped(name);
    console.log(
      name.padEnd(11),
      `${early.answered} of ${EACH}`.padEnd(10),
      `${late.answered} of ${EACH}`.padEnd(7),
      early.connection.padEnd(11),
      end,
    );
    assert.deepEqual(
      [early.answered, late.answered, early.connection, end],
      expected[name],
    );
    if (name === 'drain') assert.equal(late.connection, 'close');
    if (name === 'poolFirst') assert.match(stderr, /after calling end on/);
    else if (name !== 'drainStuck') assert.equal(stderr, '');
    else console.log(`\ndrainStuck: ${stderr.trim()}`);
  }
  await holder.end();
  const redis = new Redis(REDIS_URL);
  await redis.del('deployment_shutdown:reports');
  await redis.quit();
}
