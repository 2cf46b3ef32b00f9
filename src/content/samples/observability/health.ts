import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Client } from 'pg';

const DATABASE = process.env.DATABASE_URL;
const NOWHERE = 'postgres://nobody@localhost:1/none';
/** Where the database is, until it is away. */
let database = DATABASE;

async function query(address = database): Promise<void> {
  const client = new Client({
    connectionString: address,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  client.on('error', () => {});
  await client.connect();
  await client.query('SELECT 1').finally(() => client.end());
}

// #region health
type Check = (instance: Instance) => Promise<void>;

/** What an instance knows about itself. */
type Instance = { address?: string; hasReached: boolean };

const nothing: Check = () => Promise.resolve();
const asks: Check = ({ address }) => query(address);
/** Fails until the database was reached once; then it is not asked again. */
const asksAtFirst: Check = async (instance) => {
  if (!instance.hasReached) await query(instance.address);
  instance.hasReached = true;
};

const policies: Record<string, { live: Check; ready: Check }> = {
  'both ask the database': { live: asks, ready: asks },
  'neither asks': { live: nothing, ready: nothing },
  'ready asks': { live: nothing, ready: asks },
  'ready asks at first': { live: nothing, ready: asksAtFirst },
};

function appOf(instance: Instance, { live, ready }: Policy): express.Express {
  const app = express();
  app.get('/live', async (_req, res) => {
    await live(instance);
    res.json({});
  });
  app.get('/ready', async (_req, res) => {
    await ready(instance);
    res.json({});
  });
  app.get('/prices', (_req, res) => void res.json([4_900])); // from memory
  app.get('/orders', async (_req, res) => {
    await query(instance.address);
    res.json([]);
  });
  const reply: express.ErrorRequestHandler = (_error, _req, res, _next) => {
    res.status(503).json({});
  };
  return app.use(reply);
}
// #endregion health

type Policy = (typeof policies)[string];
type Place = { app: Instance; url: string; stop(): Promise<void> };

async function start(policy: Policy, address?: string): Promise<Place> {
  const app: Instance = { hasReached: false, ...(address && { address }) };
  const server = appOf(app, policy).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    app,
    url: `http://localhost:${port}`,
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.text();
  return response.ok;
}

/** Ten rounds of what Kubernetes does every few seconds, for three pods. */
async function run(policy: Policy, fault: 'away' | 'cut off') {
  const seen = { restarts: 0, prices: 0, orders: 0 };
  const addressOf = (at: number) =>
    fault === 'cut off' && at === 2 ? NOWHERE : undefined;
  const pods = await Promise.all(
    [0, 1, 2].map((at) => start(policy, addressOf(at))),
  );
  const failures = [0, 0, 0];
  let turn = 0;
  for (let round = 1; round <= 10; round += 1) {
    // The database of everybody, for four rounds.
    database = fault === 'away' && round > 3 && round < 8 ? NOWHERE : DATABASE;
    const ready: Place[] = [];
    for (const [at, pod] of pods.entries()) {
      const lives = await answers(`${pod.url}/live`);
      failures[at] = lives ? 0 : (failures[at] ?? 0) + 1;
      if (failures[at] === 2) {
        failures[at] = 0;
        seen.restarts += 1;
        await pod.stop();
        pods[at] = await start(policy, addressOf(at));
        continue; // it starts, and gets nothing in this round
      }
      if (await answers(`${pod.url}/ready`)) ready.push(pod);
    }
    for (const path of ['prices', 'orders', 'prices', 'orders'] as const) {
      const [pod] = ready.slice(turn++ % (ready.length || 1));
      const isAnswered = pod ? await answers(`${pod.url}/${path}`) : false;
      if (!isAnswered) seen[path] += 1;
    }
  }
  for (const pod of pods) await pod.stop();
  return seen;
}

const EXPECTED: Record<string, string[]> = {
  'both ask the database': ['6         8+8', '5         0+0'],
  'neither asks': ['0         0+8', '0         0+6'],
  'ready asks': ['0         8+8', '0         0+0'],
  'ready asks at first': ['0         0+8', '0         0+0'],
};
console.log(`${''.padEnd(23)}database away 4 rounds    one pod cut off`);
const heads = 'restarts  failed of 20+20  restarts  failed';
console.log(`${''.padEnd(23)}${heads}`);
for (const [name, policy] of Object.entries(policies)) {
  const cells: string[] = [];
  for (const fault of ['away', 'cut off'] as const) {
    const { restarts, prices, orders } = await run(policy, fault);
    cells.push(`${String(restarts).padEnd(10)}${prices}+${orders}`);
  }
  console.log(`${name.padEnd(23)}${cells[0]?.padEnd(26)}${cells[1]}`);
  assert.deepEqual(cells, EXPECTED[name]);
}
