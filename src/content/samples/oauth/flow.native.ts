import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock } from 'node:test';
import express, { type RequestHandler } from 'express';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
} from 'jose';
import * as oidc from 'openid-client';
import { reasonOf, website } from './client.ts';
import { API, Browser, startProvider } from './provider.ts';

const server = createServer();
server.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const shop = `http://localhost:${port}`;
const callback = new URL('/callback', shop);
const client = {
  client_id: 'shop',
  client_secret: 'of 32 random bytes, from the environment',
  redirect_uris: [callback.href],
  grant_types: ['authorization_code', 'refresh_token'],
};
const { issuer, close } = await startProvider([client]);

const steps: string[] = [];
function record(who: string, method: string, url: URL, status: number) {
  const whom = url.origin === issuer ? 'provider' : 'shop';
  const path = url.pathname.replace(/[\w-]{40,}/, '<uid>');
  steps.push(
    `${who} -> ${whom.padEnd(8)} ${method.padEnd(4)} ${path} ${status}`,
  );
}

// #region flow
const config = await oidc.discovery(
  new URL(issuer),
  client.client_id,
  client.client_secret,
  undefined,
  {
    execute: [
      oidc.allowInsecureRequests, // loopback: there is no TLS
      oidc.enableNonRepudiationChecks, // so the ID token's signature counts
    ],
  },
);
config[oidc.customFetch] = async (address, options) => {
  const response = await fetch(address, options as RequestInit);
  record('shop   ', options.method, new URL(address), response.status);
  return response;
};
const { app, sessions } = website(config, callback);
server.on('request', app);

/** An API: takes access tokens of this issuer, for itself alone. */
const keys = createRemoteJWKSet(new URL('/jwks', issuer));
const refused: errors.JOSEError[] = [];
const api = express();
const orders = (audience: string, scope: string): RequestHandler =>
  async function answer(req, res) {
    const header = req.get('authorization') ?? '';
    const [, token = ''] = /^Bearer (\S+)$/.exec(header) ?? [];
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer,
        audience,
        typ: 'at+jwt',
        requiredClaims: ['sub', 'exp'],
      });
      const scopes = String(payload.scope).split(' ');
      if (!scopes.includes(scope)) return void res.sendStatus(403);
      res.json(payload.sub);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      refused.push(error); // for the log; the client learns no more than this
      res
        .set('WWW-Authenticate', 'Bearer error="invalid_token"')
        .sendStatus(401);
    }
  };
api.get('/orders', orders(API, 'orders'));

const mia = new Browser((method, url, status) => {
  record('browser', method, url, status);
});
const { url } = await mia.follow(`${shop}/login`, 'mia');
await mia.visit(url);
const home = await mia.visit(shop);
// #endregion flow
// The same token at another API, and where another scope is needed.
api.get('/mail', orders('https://mail.example.com/', 'orders'));
api.get('/refunds', orders(API, 'refunds'));

assert.equal(await home.json(), 'mia');
for (const step of steps) console.log(step);
assert.equal(steps.filter((step) => step.startsWith('shop')).length, 2);
console.log(
  'the browser brought back:',
  [...url.searchParams.keys()].join(', '),
);
assert.deepEqual([...url.searchParams.keys()], ['code', 'state', 'iss']);

const [tokens] = [...sessions.values()];
assert(tokens?.id_token && tokens.refresh_token);
const { access_token, id_token, refresh_token } = tokens;
const seen = mia.seen();
for (const token of [access_token, id_token, refresh_token])
  assert(!seen.includes(token));

const apiServer = api.listen(0);
await once(apiServer, 'listening');
const { port: apiPort } = apiServer.address() as AddressInfo;
async function show(path: string, token: string, expected: string) {
  const response = await fetch(`http://localhost:${apiPort}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  const error = refused.pop();
  const why = error instanceof errors.JWTClaimValidationFailed && error.claim;
  const answer = `${response.status} ${error ? String(why) : text}`;
  console.log(`  GET ${path}: ${answer}`);
  assert.equal(answer, expected);
}
function describe(name: string, token: string) {
  const { typ = 'none' } = decodeProtectedHeader(token);
  console.log(`${name}: typ ${typ}, aud ${String(decodeJwt(token).aud)}`);
}
describe('access token', access_token);
await show('/orders', access_token, '200 "mia"');
await show('/refunds', access_token, '403 Forbidden');
await show('/mail', access_token, '401 aud');
describe('ID token', id_token);
await show('/orders', id_token, '401 typ');

/** What becomes of a refresh token. */
const exchanged = (token: string) =>
  oidc
    .refreshTokenGrant(config, token)
    .catch((error: unknown) => reasonOf(error));
async function refresh(name: string, token: string) {
  const next = await exchanged(token);
  const answer = typeof next === 'string' ? next : 'new tokens';
  console.log(`${name}: ${answer}`);
  return typeof next === 'string' ? next : (next.refresh_token ?? '');
}
const second = await refresh('refresh token', refresh_token);
assert.notEqual(second, refresh_token);
assert.equal(await refresh('the same, again', refresh_token), 'invalid_grant');
assert.equal(await refresh('the new one, after that', second), 'invalid_grant');

// A second sign-in ends the session before. Its tokens are used daily.
const { url: again } = await mia.follow(`${shop}/login`, 'mia');
await mia.visit(again);
assert.equal(sessions.size, 1);
let latest = [...sessions.values()][0]?.refresh_token ?? '';
let days = 0;
let end = '';
mock.timers.enable({ apis: ['Date'], now: Date.now() });
while (!end) {
  mock.timers.tick(86_400_000);
  const next = await exchanged(latest);
  if (typeof next === 'string') end = next;
  else [latest, days] = [next.refresh_token ?? '', days + 1];
}
mock.timers.reset();
console.log(`one exchanged each day: for ${days} days, then ${end}`);
assert.deepEqual([days, end], [13, 'invalid_grant']);

apiServer.close();
server.close();
server.closeAllConnections();
await Promise.all([once(apiServer, 'close'), once(server, 'close'), close()]);
