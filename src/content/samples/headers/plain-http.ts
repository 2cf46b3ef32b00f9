import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';

// #region plain
/** What suits a page suits no API: the client never learns of its error. */
const redirect: RequestHandler = (req, res, next) => {
  if (req.secure) return next();
  res.redirect(308, secureUrl + req.originalUrl);
};

/** Says no, and ends the life of a key that came in the clear. */
const refuse: RequestHandler = (req, res, next) => {
  if (req.secure) return next();
  const key = req.get('x-api-key') ?? '';
  if (KEYS.has(key)) revoked.add(key); // a stranger's text is no key
  res.status(403).type('application/problem+json');
  res.send(
    JSON.stringify({
      type: 'https://api.example.com/problems/plain-http',
      title: 'Use https. This API key is revoked, since it was sent in clear',
      status: 403,
    }),
  );
};

/** The same API behind the proxy that ends TLS, with one of the two. */
function apiWith(policy: RequestHandler): Express {
  const app = express();
  // Without this, `req.secure` is false for every request.
  app.set('trust proxy', 'loopback');
  app.use(policy);
  app.post('/orders', (req, res) => {
    const key = req.get('x-api-key') ?? '';
    res.sendStatus(KEYS.has(key) && !revoked.has(key) ? 201 : 401);
  });
  return app;
}
// #endregion plain

const KEYS = new Set(['key-of-acme']);
const revoked = new Set<string>();
let secureUrl = '';

/** Plays the proxy: a port that tells the API how a request came in. */
async function portFor(app: Express, proto: 'http' | 'https') {
  let withKey = 0;
  const server = createServer((req, res) => {
    if (req.headers['x-api-key']) withKey += 1;
    req.headers['x-forwarded-proto'] = proto;
    app(req, res);
  }).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://localhost:${port}`, keys: () => withKey };
}

/** Five orders by a client whose base address lacks one letter. */
const policies = { redirect, refuse };
const results: Record<string, unknown[]> = {};
console.log('policy    orders made  keys sent in clear  key works on');
for (const [name, policy] of Object.entries(policies)) {
  revoked.clear();
  const app = apiWith(policy);
  const plain = await portFor(app, 'http');
  const secure = await portFor(app, 'https');
  secureUrl = secure.url;

  const order = async (url: string) => {
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'x-api-key': 'key-of-acme' },
    });
    await response.text();
    return response.status;
  };
  let made = 0;
  let sent = 0;
  while (sent < 5) {
    sent += 1;
    const status = await order(plain.url);
    if (status !== 201) break; // A client that fails is looked at.
    made += 1;
  }
  const works = (await order(secure.url)) === 201 ? 'yes' : 'no';
  const row = [made, plain.keys(), works];
  results[name] = row;
  console.log(
    `${name.padEnd(10)}${String(made).padEnd(13)}` +
      `${String(plain.keys()).padEnd(20)}${works}`,
  );
  // Who sends made-up keys fills no memory.
  await fetch(`${plain.url}/no`, {
    headers: { 'x-api-key': 'made up' },
    redirect: 'manual',
  }).then((response) => response.text());
  assert(!revoked.has('made up'));
  for (const { server } of [plain, secure]) await closed(server);
}

async function closed(server: Server) {
  server.close();
  await once(server, 'close');
}
assert.deepEqual(results, {
  redirect: [5, 5, 'yes'],
  refuse: [0, 1, 'no'],
});
