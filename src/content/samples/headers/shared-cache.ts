import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';

const USERS: Record<string, string> = { 'token-a': 'ana', 'token-b': 'ben' };
/** Who calls, by cookie or by bearer token. */
function userOf(req: Request): string {
  const [token = ''] =
    /token-\w/.exec(req.get('authorization') ?? req.get('cookie') ?? '') ?? [];
  return USERS[token] ?? 'nobody';
}

// #region caching
/** How routes with private data are labelled, one after the other. */
const labels: Record<string, (res: Response) => void> = {
  'no label': () => {},
  // As helpful as it looks: the date of the row.
  'Last-Modified only': (res) =>
    void res.set('Last-Modified', 'Sat, 01 Aug 2026 00:00:00 GMT'),
  'max-age=60': (res) => void res.set('Cache-Control', 'max-age=60'),
  'public, max-age=60': (res) =>
    void res.set('Cache-Control', 'public, max-age=60'),
  'private, max-age=60': (res) =>
    void res.set('Cache-Control', 'private, max-age=60'),
  'no-store': (res) => void res.set('Cache-Control', 'no-store'),
};
const api = express();
api.get('/me/:label', (req, res) => {
  labels[req.params.label]?.(res);
  res.json({ name: userOf(req) });
});

/** May a shared cache keep and reuse this? RFC 9111, 3, 3.5 and 4.2.2. */
function mayShare(request: Request, response: Headers): boolean {
  const control = response.get('cache-control') ?? '';
  if (/no-store|private|no-cache/.test(control)) return false;
  const forAll = /public|s-maxage|must-revalidate/.test(control);
  if (request.get('authorization') && !forAll) return false;
  const lifetime = /(?:s-maxage|max-age)=(\d+)/.exec(control)?.[1];
  // Without a lifetime it may guess one: a tenth of the row's age.
  return lifetime ? Number(lifetime) > 0 : response.has('last-modified');
}

/** A gateway before the API that keeps what it may, by path. */
const kept = new Map<string, string>();
const gateway = express();
gateway.get('/*path', async (req, res) => {
  const hit = kept.get(req.path);
  if (hit) return void res.type('json').send(hit);
  const headers = new Headers();
  for (const name of ['authorization', 'cookie'])
    if (req.get(name)) headers.set(name, req.get(name) ?? '');
  const response = await fetch(`${apiUrl}${req.path}`, { headers });
  const body = await response.text();
  if (mayShare(req, response.headers)) kept.set(req.path, body);
  res.type('json').send(body);
});
// #endregion caching

const servers = await Promise.all(
  [api, gateway].map(async (app) => {
    const server = app.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { server, url: `http://localhost:${port}` };
  }),
);
const [apiUrl = '', gatewayUrl = ''] = servers.map(({ url }) => url);

async function nameSeen(label: string, headers: HeadersInit) {
  const path = `/me/${encodeURIComponent(label)}`;
  const response = await fetch(gatewayUrl + path, { headers });
  return ((await response.json()) as { name: string }).name;
}
const ways: Record<string, (token: string) => HeadersInit> = {
  cookie: (token) => ({ cookie: `session=${token}` }),
  bearer: (token) => ({ authorization: `Bearer ${token}` }),
};

console.log('What Ben sees after Ana     by cookie  by bearer');
const wrong: string[] = [];
for (const label of Object.keys(labels)) {
  const cells: string[] = [];
  for (const [way, headersFor] of Object.entries(ways)) {
    kept.clear();
    assert.equal(await nameSeen(label, headersFor('token-a')), 'ana');
    const name = await nameSeen(label, headersFor('token-b'));
    cells.push((name === 'ben' ? 'ben' : 'ANA').padEnd(11));
    if (name !== 'ben') wrong.push(`${label} by ${way}`);
  }
  console.log(`${label.padEnd(28)}${cells.join('')}`.trimEnd());
}
assert.deepEqual(wrong, [
  'Last-Modified only by cookie',
  'max-age=60 by cookie',
  'public, max-age=60 by cookie',
  'public, max-age=60 by bearer',
]);

for (const { server } of servers) {
  server.close();
  await once(server, 'close');
}
