import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { Pool } from 'pg';

const log = (entry: object) => console.error(JSON.stringify(entry));

// #region policies
const policies = {
  // The process lives, and keeps whatever the fault left behind.
  'log, go on': () => {
    process.on('unhandledRejection', (reason) => {
      log({ level: 'error', message: String(reason) });
    });
  },
  // Node's own: the stack on stderr, then exit code 1.
  'no listener': () => {},
  // The line that the log wants, and then Node's own.
  monitor: () => {
    process.on('uncaughtExceptionMonitor', (error, origin) => {
      log({ level: 'fatal', message: String(error), origin });
    });
  },
};

/** A server with two connections to PostgreSQL, and one careless route. */
function shop() {
  const pool = new Pool({
    connectionString: process.env.DATABASE_URL,
    max: 2,
    connectionTimeoutMillis: 1_000,
  });
  pool.on('error', (error) => log({ level: 'error', message: error.message }));

  const app = express();
  app.get('/health', (_req, res) => void res.json('ok'));
  app.get('/orders', async (_req, res) => {
    const { rows } = await pool.query('SELECT 42 AS total');
    res.json(rows);
  });
  app.get('/report', (_req, res) => {
    // Not returned; and a failed query leaves no one to release the client.
    void pool.connect().then(async (client) => {
      const { rows } = await client.query('SELECT totl FROM customer_order');
      client.release();
      res.json(rows);
    });
  });
  return app;
}
// #endregion policies

type Policy = keyof typeof policies;

/** Starts the shop again whenever it ends, as systemd or Kubernetes would. */
async function supervise(policy: Policy) {
  let restarts = 0;
  let stderr = '';
  const codes = new Set<number | null>();
  const start = async () => {
    const child = spawn(process.execPath, [import.meta.filename, policy], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(child, 'close');
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, ended, url: `http://localhost:${port.toString().trim()}` };
  };
  let now = await start();
  return {
    /** The status, or why there is none. A shop that ended is restarted. */
    async ask(path: string): Promise<string> {
      const patience = AbortSignal.timeout(3_000);
      try {
        const response = await fetch(now.url + path, { signal: patience });
        return String(response.status);
      } catch {
        if (patience.aborted) return 'hangs';
        const [code] = (await now.ended) as [number | null];
        codes.add(code);
        restarts += 1;
        now = await start();
        return 'cut';
      }
    },
    async stop() {
      now.child.kill();
      await now.ended;
      return { restarts, stderr, codes: [...codes] };
    },
  };
}

const [policy] = process.argv.slice(2);
if (policy !== undefined) {
  policies[policy as Policy]();
  const app = shop();
  const reply: ErrorRequestHandler = (error, _req, res, _next) => {
    log({ level: 'error', message: String(error) });
    res.status(500).json('handled');
  };
  app.use(reply);
  const server = app.listen(0);
  await once(server, 'listening');
  console.log((server.address() as AddressInfo).port);
} else {
  console.log('policy        2 reports     restarts  health  orders');
  for (const name of Object.keys(policies) as Policy[]) {
    const supervised = await supervise(name);
    const reports = [];
    for (const _ of [1, 2]) reports.push(await supervised.ask('/report'));
    const health = await supervised.ask('/health');
    const orders = [];
    for (const _ of [1, 2, 3]) orders.push(await supervised.ask('/orders'));
    const { restarts, stderr, codes } = await supervised.stop();

    const served = orders.filter((status) => status === '200').length;
    console.log(
      name.padEnd(13),
      reports.join(', ').padEnd(13),
      String(restarts).padEnd(9),
      health.padEnd(7),
      `${served} of ${orders.length}`,
    );
    const goesOn = name === 'log, go on';
    assert.deepEqual(reports, goesOn ? ['hangs', 'hangs'] : ['cut', 'cut']);
    assert.deepEqual(codes, goesOn ? [] : [1]);
    assert.equal(restarts, goesOn ? 0 : 2);
    assert.equal(served, goesOn ? 0 : 3);
    assert.equal(health, '200');
    const fatal = stderr.match(
      /"level":"fatal".*"origin":"unhandledRejection"/g,
    );
    assert.equal(fatal?.length ?? 0, name === 'monitor' ? 2 : 0);
    if (goesOn) assert.match(stderr, /timeout exceeded when trying to connect/);
  }
}
