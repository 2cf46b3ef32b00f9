import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import cookieParser from 'cookie-parser';
import express from 'express';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { z } from 'zod';
import { cookieOf, website } from './client.ts';
import { Browser, startProvider } from './provider.ts';

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
const Tokens = z.object({ id_token: z.string(), refresh_token: z.string() });

/** One request to the token endpoint, by a client that has its secret. */
async function redeem(issuer: string, parameters: Record<string, string>) {
  const { client_id, client_secret } = client;
  const body = { client_id, client_secret, ...parameters };
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams(body),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

// #region careless
/** Sends people to the provider, and takes whatever code comes back. */
function careless(issuer: string, checksState: boolean) {
  const app = express();
  app.use(cookieParser());
  const sessions = new Map<string, string>();

  app.get('/login', (_req, res) => {
    const url = new URL('/auth', issuer);
    const state = randomUUID();
    url.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: callback.href,
      response_type: 'code',
      scope: 'openid',
      ...(checksState && { state }),
    }).toString();
    if (checksState) res.cookie('state', state, { httpOnly: true });
    res.redirect(url.href);
  });

  app.get('/callback', async (req, res) => {
    const { code = '', state } = req.query as Record<string, string>;
    if (checksState && (!state || state !== cookieOf(req, 'state')))
      return void res.sendStatus(400);
    const { body } = await redeem(issuer, {
      grant_type: 'authorization_code',
      redirect_uri: callback.href,
      code,
    });
    const sub = decodeJwt(Tokens.parse(body).id_token).sub ?? '';
    const session = randomUUID();
    sessions.set(session, sub);
    res.cookie('session', session, { httpOnly: true }).redirect('/');
  });

  app.get('/', (req, res) => {
    const user = sessions.get(cookieOf(req, 'session')) ?? null;
    res.status(user ? 200 : 401).json(user);
  });
  return app;
}
// #endregion careless

const lax = await startProvider([client], false);
const strict = await startProvider([client]);
const config = await oidc.discovery(
  new URL(strict.issuer),
  client.client_id,
  client.client_secret,
  undefined,
  { execute: [oidc.allowInsecureRequests] },
);
const careful = website(config, callback);
const sites = {
  byCode: careless(lax.issuer, false),
  byState: careless(lax.issuer, true),
  website: careful.app,
};

let site = sites.byCode;
server.on('request', (req, res) => void site(req, res));

/** Signs in as `login`, up to the address that the provider sends back. */
async function answerFor(login: string, browser = new Browser()) {
  const { url } = await browser.follow(`${shop}/login`, login);
  assert.equal(url.pathname, '/callback');
  return { browser, url };
}

/** Visits an address, and says who is signed in afterwards. */
async function userAfter(browser: Browser, url: URL): Promise<string> {
  await browser.visit(url);
  const home = await browser.visit(shop);
  return String((await home.json()) ?? 'nobody');
}

const attacks: [string, () => Promise<string>, string][] = [
  [
    'Mia signs in',
    async () => {
      const { browser, url } = await answerFor('mia');
      return userAfter(browser, url);
    },
    'mia mia mia',
  ],
  [
    // Eve sends Mia a link with her own answer: what Mia then stores is hers.
    "Mia opens Eve's answer",
    async () => {
      const { url } = await answerFor('eve');
      return userAfter(new Browser(), url);
    },
    'eve nobody nobody no attempt',
  ],
  [
    // Eve has seen Mia's code, and puts it into an answer of her own.
    "Eve brings Mia's code",
    async () => {
      const { url: mias } = await answerFor('mia');
      const { browser, url } = await answerFor('eve');
      url.searchParams.set('code', mias.searchParams.get('code') ?? '');
      return userAfter(browser, url);
    },
    'mia mia nobody invalid_grant',
  ],
  [
    'the state is changed',
    async () => {
      const { browser, url } = await answerFor('mia');
      url.searchParams.set('state', randomUUID());
      return userAfter(browser, url);
    },
    'mia nobody nobody OAUTH_INVALID_RESPONSE',
  ],
  [
    'the nonce is changed',
    async () => {
      const browser = new Browser();
      const start = await browser.visit(`${shop}/login`);
      const go = new URL(start.headers.get('location') ?? '');
      go.searchParams.set('nonce', 'n-0S6_WzA2Mj');
      const { url } = await browser.follow(go, 'mia');
      return userAfter(browser, url);
    },
    'mia mia nobody OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  ],
  [
    'from another provider',
    async () => {
      const { browser, url } = await answerFor('mia');
      url.searchParams.set('iss', 'https://login.evil.example');
      return userAfter(browser, url);
    },
    'mia mia nobody OAUTH_INVALID_RESPONSE',
  ],
];

console.log('who is signed in'.padEnd(25) + 'byCode  byState website');
for (const [name, attack, expected] of attacks) {
  const users: string[] = [];
  for (const one of Object.values(sites)) {
    site = one;
    users.push(await attack());
  }
  const refusal = careful.refusals.splice(0).join();
  const cells = users.map((user) => user.padEnd(8)).join('');
  console.log((name.padEnd(25) + cells).trimEnd());
  if (refusal) console.log(`  website: ${refusal}`);
  assert.equal([...users, refusal].join(' ').trimEnd(), expected);
}

// An attempt is for one try, even if that one failed.
site = sites.website;
const { browser, url } = await answerFor('mia');
const wrong = new URL(url);
wrong.searchParams.set('state', randomUUID());
await browser.visit(wrong);
assert.equal(await userAfter(browser, url), 'nobody');
assert.equal(careful.refusals.splice(0).at(-1), 'no attempt');

/** A request to the provider that has one thing wrong. */
async function ask(changes: Record<string, string | null>): Promise<string> {
  site = sites.website;
  const browser = new Browser();
  const start = await browser.visit(`${shop}/login`);
  const go = new URL(start.headers.get('location') ?? '');
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) go.searchParams.delete(name);
    else go.searchParams.set(name, value);
  }
  const response = await browser.visit(go);
  const location = response.headers.get('location');
  if (!location) return `${response.status}, and stays there`;
  const { searchParams, hash } = new URL(location, go);
  const inFragment = new URLSearchParams(hash.slice(1)).get('error');
  return searchParams.get('error') ?? inFragment ?? 'accepted';
}

/** A code of Mia's, and the verifier that belongs to it. */
async function codeOf() {
  const verifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback.href,
    scope: 'openid orders',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const { url: answer } = await new Browser().follow(url, 'mia');
  return { code: answer.searchParams.get('code') ?? '', verifier };
}

const Refused = z.object({ error: z.string() });
async function exchange(parameters: Record<string, string>): Promise<string> {
  const { status, body } = await redeem(strict.issuer, {
    grant_type: 'authorization_code',
    redirect_uri: callback.href,
    ...parameters,
  });
  return status === 200 ? 'accepted' : Refused.parse(body).error;
}

const { code, verifier } = await codeOf();
const used = await codeOf();
const first = await redeem(strict.issuer, {
  grant_type: 'authorization_code',
  redirect_uri: callback.href,
  code: used.code,
  code_verifier: used.verifier,
});
const { refresh_token } = Tokens.parse(first.body);
const stays = '400, and stays there';
const other = oidc.randomPKCECodeVerifier();

const requests: [string, () => Promise<string>, string][] = [
  ['nothing changed', () => ask({}), 'accepted'],
  [
    'no challenge',
    () => ask({ code_challenge: null, code_challenge_method: null }),
    'invalid_request',
  ],
  [
    'challenge: plain',
    () => ask({ code_challenge_method: 'plain' }),
    'invalid_request',
  ],
  [
    'response_type: token',
    () => ask({ response_type: 'token' }),
    'unsupported_response_type',
  ],
  [
    'response_type: id_token',
    () => ask({ response_type: 'id_token' }),
    'unsupported_response_type',
  ],
  [
    'resource: another API',
    () => ask({ resource: 'https://mail.example.com/' }),
    'invalid_target',
  ],
  ['redirect + /', () => ask({ redirect_uri: `${callback.href}/` }), stays],
  ['redirect + ?a', () => ask({ redirect_uri: `${callback.href}?a` }), stays],
  [
    'redirect, other host',
    () => ask({ redirect_uri: 'https://evil.example/callback' }),
    stays,
  ],
  ['no verifier', () => exchange({ code }), 'invalid_grant'],
  [
    'other verifier',
    () => exchange({ code, code_verifier: other }),
    'invalid_grant',
  ],
  [
    'the verifier',
    () => exchange({ code, code_verifier: verifier }),
    'accepted',
  ],
  [
    'code used before',
    () => exchange({ code: used.code, code_verifier: used.verifier }),
    'invalid_grant',
  ],
  [
    '  and its refresh token',
    () => exchange({ grant_type: 'refresh_token', refresh_token }),
    'invalid_grant',
  ],
  [
    'grant_type: password',
    () =>
      exchange({ grant_type: 'password', username: 'mia', password: 'right' }),
    'unsupported_grant_type',
  ],
];
console.log('what the provider says');
for (const [name, request, expected] of requests) {
  const answer = await request();
  console.log(`  ${name.padEnd(25)}${answer}`);
  assert.equal(answer, expected);
}

server.close();
server.closeAllConnections();
await Promise.all([once(server, 'close'), lax.close(), strict.close()]);
