import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import cookieParser from 'cookie-parser';
import express, { type CookieOptions, type Request } from 'express';
import session from 'express-session';
import { PrismaClient } from '../prisma/client/client.ts';
import { sessionStore } from './session.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
const { id: miaId } = await db.user.create({
  data: { name: 'Mia', email: 'mia@example.com' },
});

const app = express();
app.use(cookieParser());

// #region routes
const sessions = sessionStore(db);
const NAME = '__Host-session';
// Browsers take a __Host- cookie with Secure, Path=/ and no Domain, or
// not at all. Without Max-Age it ends with the browser, at the latest.
const COOKIE: CookieOptions = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'lax',
};

/** cookie-parser turns `j:{...}` into an object: ask for a string. */
function tokenOf(req: Request): string {
  const { [NAME]: token } = req.cookies as Record<string, unknown>;
  return typeof token === 'string' ? token : '';
}

app.post('/login', async (req, res) => {
  const userId = userWithPassword(req);
  if (!userId) return void res.sendStatus(401);
  await sessions.end(tokenOf(req)); // whoever was signed in before
  res.cookie(NAME, await sessions.start(userId), COOKIE);
  res.sendStatus(204);
});

app.post('/logout', async (req, res) => {
  await sessions.end(tokenOf(req));
  // With the flags: without Secure a browser would not touch the cookie.
  res.clearCookie(NAME, COOKIE);
  res.sendStatus(204);
});

app.get('/me', async (req, res) => {
  const userId = await sessions.userOf(tokenOf(req));
  // A copy on disk would be shown after logout, by the back button.
  res.set('Cache-Control', 'no-store');
  if (!userId) return void res.sendStatus(401);
  res.json({ userId });
});
// #endregion routes

/** Stands for the page about passwords. */
function userWithPassword(req: Request): string | null {
  return req.get('x-password') === 'right' ? miaId : null;
}

// What Express and express-session write if nobody tells them otherwise.
app.post('/bare', (_req, res) => {
  res.cookie('sid', 'x'.repeat(43)).sendStatus(204);
});
app.post('/bare/logout', (_req, res) => {
  res.clearCookie(NAME).sendStatus(204);
});
app.get('/which', (req, res) => {
  res.json(req.cookies);
});
const options = { secret: 'a', resave: false, saveUninitialized: true };
app.post('/default', session(options), (_req, res) => {
  res.sendStatus(204);
});
const secure = session({ ...options, cookie: { secure: true } });
app.post('/secure', secure, (_req, res) => {
  res.sendStatus(204);
});
const proxied = express().set('trust proxy', 1);
proxied.post('/', secure, (_req, res) => {
  res.sendStatus(204);
});
app.use('/proxied', proxied);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function ask(method: string, path: string, headers = {}) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    headers,
  });
  const [cookie = 'no cookie'] = response.headers.getSetCookie();
  return { response, cookie, pair: cookie.split(';')[0] ?? '' };
}

/** Prints a Set-Cookie header without what is random in it. */
function show(name: string, cookie: string, expected: string) {
  const shown = cookie
    .replace(/^([\w.-]+)=[^;]{20,};/, '$1=<id>;')
    .replace(/Expires=\w+, \d+ \w+ (\d+)[^;]*/, 'Expires=$1');
  console.log(`${name}\n  ${shown}`);
  assert.equal(shown, expected);
}

const flags = 'Path=/; HttpOnly; Secure; SameSite=Lax';
const gone = 'Expires=1970';
const bare = await ask('POST', '/bare');
show("res.cookie('sid', id)", bare.cookie, 'sid=<id>; Path=/');
show(
  'express-session',
  (await ask('POST', '/default')).cookie,
  'connect.sid=<id>; Path=/; HttpOnly',
);
const https = { 'x-forwarded-proto': 'https' };
const untrusted = await ask('POST', '/secure', https);
show('express-session, secure: true', untrusted.cookie, 'no cookie');
const trusted = await ask('POST', '/proxied', https);
show(
  "express-session, secure: true, 'trust proxy'",
  trusted.cookie,
  'connect.sid=<id>; Path=/; HttpOnly; Secure',
);
const wrong = await ask('POST', '/login', { 'x-password': 'wrong' });
assert.equal(wrong.response.status, 401);
assert.equal(wrong.cookie, 'no cookie');
const login = await ask('POST', '/login', { 'x-password': 'right' });
show('POST /login', login.cookie, `${NAME}=<id>; ${flags}`);
const cleared = await ask('POST', '/bare/logout');
show(`res.clearCookie('${NAME}')`, cleared.cookie, `${NAME}=; Path=/; ${gone}`);

async function me(cookie: string): Promise<number> {
  const { response } = await ask('GET', '/me', { cookie });
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return response.status;
}
assert.equal(await me(login.pair), 200);

/** A line for what a cookie opens. */
async function opens(name: string, cookie: string, expected: number) {
  const status = await me(cookie);
  console.log(`  ${name.padEnd(42)} ${status}`);
  assert.equal(status, expected);
}

console.log('GET /me with');
await opens('the cookie', login.pair, 200);
const [row] = await db.session.findMany();
assert(row);
await opens('what the table holds', `${NAME}=${row.tokenHash}`, 401);
await opens('a JSON cookie', `${NAME}=j:{"a":1}`, 401);
// A second login ends the session that the browser had before.
const again = await ask('POST', '/login', {
  'x-password': 'right',
  cookie: login.pair,
});
await opens('the cookie before a second login', login.pair, 401);
const logout = await ask('POST', '/logout', { cookie: again.pair });
await opens('a copy of the cookie after logout', again.pair, 401);
assert.equal(await db.session.count(), 0);
show(
  'POST /logout',
  logout.cookie,
  `${NAME}=; Path=/; ${gone}; ${flags.slice(8)}`,
);

const both = await ask('GET', '/which', { cookie: 'sid=planted; sid=hers' });
const which = JSON.stringify(await both.response.json());
console.log(`Cookie: sid=planted; sid=hers\n  ${which}`);
assert.equal(which, '{"sid":"planted"}');

server.close();
await once(server, 'close');
await db.$disconnect();
