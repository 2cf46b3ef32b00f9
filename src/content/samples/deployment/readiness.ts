import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS deployment_readiness CASCADE;
  CREATE SCHEMA deployment_readiness;
  CREATE TABLE deployment_readiness.migration (name text PRIMARY KEY);
  CREATE TABLE deployment_readiness.product (id integer PRIMARY KEY);
  INSERT INTO deployment_readiness.migration VALUES ('1_product');
  INSERT INTO deployment_readiness.product VALUES (1);
`);
const migrate = () =>
  pool.query(`
    BEGIN;
    ALTER TABLE deployment_readiness.product ADD COLUMN note text;
    INSERT INTO deployment_readiness.migration VALUES ('2_note');
    COMMIT;
  `);

// #region readiness
/** The newest migration that this code relies on. */
type Release = { needs: string; query: string };
const releases: Record<string, Release> = {
  old: {
    needs: '1_product',
    query: 'SELECT id FROM deployment_readiness.product',
  },
  new: {
    needs: '2_note',
    query: 'SELECT id, note FROM deployment_readiness.product',
  },
};

async function hasRun(migration: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    'SELECT FROM deployment_readiness.migration WHERE name = $1',
    [migration],
  );
  return rowCount === 1;
}

function appOf({ needs, query }: Release, state: { stopping: boolean }) {
  const app = express();

  /** Restart me if this does not answer: nothing outside decides it. */
  app.get('/live', (_req, res) => void res.json('live'));

  /** Send me requests: the schema has what this code needs. */
  let migrated = false;
  app.get('/ready', async (_req, res) => {
    if (state.stopping) return void res.status(503).json('stopping');
    // Once seen it is not asked again: later, a database that is slow for
    // a moment must not take all instances out of service together.
    migrated ||= await hasRun(needs);
    if (migrated) return void res.json('ready');
    res.status(503).json(`waits for ${needs}`);
  });

  app.get('/products', async (_req, res) => {
    const { rows } = await pool.query(query);
    res.json(rows);
  });
  return app;
}
// #endregion readiness

const state = { stopping: false };
const instances = await Promise.all(
  Object.entries(releases).map(async ([name, release]) => {
    const app = appOf(release, state);
    app.set('env', 'test'); // Express is not to print what it answers.
    const server = app.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { name, server, url: `http://localhost:${port}` };
  }),
);

async function print(when: string) {
  const lines: string[] = [];
  for (const { name, url } of instances) {
    const answers: string[] = [];
    for (const path of ['/live', '/ready', '/products']) {
      const response = await fetch(url + path);
      const body = await response.text();
      const told = path === '/ready' ? ` ${body.replaceAll('"', '')}` : '';
      answers.push(`${response.status}${told}`);
    }
    const [live = '', ready = '', products = ''] = answers;
    console.log(
      when.padEnd(17),
      name.padEnd(8),
      live.padEnd(5),
      ready.padEnd(20),
      products,
    );
    lines.push(answers.join(', '));
  }
  return lines;
}

console.log('when              release  live  ready                products');
assert.deepEqual(await print('before migration'), [
  '200, 200 ready, 200',
  '200, 503 waits for 2_note, 500',
]);
await migrate();
assert.deepEqual(await print('after it'), [
  '200, 200 ready, 200',
  '200, 200 ready, 200',
]);
state.stopping = true;
assert.deepEqual(await print('after SIGTERM'), [
  '200, 503 stopping, 200',
  '200, 503 stopping, 200',
]);

for (const { server } of instances) {
  server.close();
  await once(server, 'close');
}
await pool.query('DROP SCHEMA deployment_readiness CASCADE');
await pool.end();
