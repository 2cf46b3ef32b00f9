import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';
import { z } from 'zod';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS status_codes_defaults CASCADE;
  CREATE SCHEMA status_codes_defaults;
  CREATE TABLE status_codes_defaults.team (
    id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug text NOT NULL UNIQUE
  );
  INSERT INTO status_codes_defaults.team (slug) VALUES ('core');
`);

/** Another service, which answers what is not there with 404. */
const upstream = express().listen(0);
await once(upstream, 'listening');
const { port: upstreamPort } = upstream.address() as AddressInfo;

/** Throws as most HTTP clients do: with the status of the answer. */
async function upstreamJson(path: string): Promise<unknown> {
  const response = await fetch(`http://localhost:${upstreamPort}${path}`);
  if (!response.ok) {
    const { status } = response;
    await response.text();
    throw Object.assign(new Error(`upstream: ${status}`), { status });
  }
  return response.json();
}

// #region routes
const Team = z.object({ slug: z.string() });

const app = express();
app.use(express.json());

app.get('/teams/:id', async (req, res) => {
  const { rows } = await pool.query(
    'SELECT slug FROM status_codes_defaults.team WHERE id = $1',
    [req.params.id],
  );
  res.json(rows[0]);
});

app.post('/teams', async (req, res) => {
  const { slug } = Team.parse(req.body);
  const { rows } = await pool.query(
    'INSERT INTO status_codes_defaults.team (slug) VALUES ($1) RETURNING id',
    [slug],
  );
  res.json(rows[0]);
});

app.put('/teams/:id', (_req, res) => {
  res.status(204).json({ saved: true });
});

app.get('/prices', async (_req, res) => {
  res.json(await upstreamJson('/prices'));
});
// #endregion routes

// Express logs to stderr what no handler took.
console.error = () => {};
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'text/plain' };
const core = '{"slug":"core"}';
const missing = '00000000-0000-7000-8000-000000000000';
const requests: [
  name: string,
  request: string,
  got: number,
  meant: string,
  init?: RequestInit,
][] = [
  ['is not there', `GET /teams/${missing}`, 200, '404'],
  ['id is no UUID', 'GET /teams/17', 500, '400'],
  [
    'made',
    'POST /teams',
    200,
    '201',
    { headers: json, body: '{"slug":"new"}' },
  ],
  ['slug is taken', 'POST /teams', 500, '409', { headers: json, body: core }],
  ['slug is missing', 'POST /teams', 500, '400', { headers: json, body: '{}' }],
  ['called text', 'POST /teams', 500, '415', { headers: text, body: core }],
  ['not JSON', 'POST /teams', 400, '400', { headers: json, body: '{slug}' }],
  [
    '200 kB',
    'POST /teams',
    413,
    '413',
    { headers: json, body: `"${'x'.repeat(2e5)}"` },
  ],
  ['wrong method', 'DELETE /teams', 404, '405'],
  ['wrong path', 'GET /team', 404, '404'],
  ['saved', `PUT /teams/${missing}`, 204, '204'],
  ['upstream: 404', 'GET /prices', 404, '500'],
];
let wrong = 0;
console.log('what happened    answered  body      meant');
for (const [name, request, expected, meant, init] of requests) {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    ...init,
  });
  const answer = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const body = answer === '' ? 'empty' : /json|html/.exec(type)?.[0];
  const isMeant = String(response.status) === meant;
  const row = `${name.padEnd(16)} ${response.status}       ${body?.padEnd(9)}`;
  console.log(isMeant ? row.trimEnd() : `${row} ${meant}`);
  assert.equal(response.status, expected);
  wrong += Number(!isMeant);
}
console.log(`${wrong} of ${requests.length} are not what was meant`);
assert.equal(wrong, 8);

server.close();
upstream.close();
await Promise.all([once(server, 'close'), once(upstream, 'close')]);
await pool.query('DROP SCHEMA status_codes_defaults CASCADE');
await pool.end();
