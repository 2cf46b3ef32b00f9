import assert from 'node:assert/strict';
import {
  createHmac,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import bcrypt from 'bcryptjs';
import express, { type Request, type RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { limiterOn, refuse } from './limiter.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const redis = new Redis(REDIS_URL);
const PREFIX = 'rate_limiting_login:';
const forget = async () => {
  const keys = await redis.keys(`limit:${PREFIX}*`);
  if (keys.length > 0) await redis.del(keys);
};
await forget();

/** Hashes, at a cost for this program alone: see the topic on passwords. */
const hashes = new Map<string, string>();
for (let at = 0; at < 20; at += 1) {
  const email = at === 0 ? 'ana@example.com' : `user${at}@example.com`;
  const password = at === 0 ? 'harbour-lemon-sixty' : `known-${at}`;
  hashes.set(email, await bcrypt.hash(password, 4));
}
const NOBODY = await bcrypt.hash(randomUUID(), 4);

let checked = 0;
async function passwordFits(email: string, password: string) {
  checked += 1;
  const hash = hashes.get(email);
  return (await bcrypt.compare(password, hash ?? NOBODY)) && hash !== undefined;
}

const SECRET = randomBytes(32);
const sign = (text: string) =>
  createHmac('sha256', SECRET).update(text).digest('base64url');

const encoded = (text: string) => Buffer.from(text).toString('base64url');

/** Set at a login that worked, so that the next one is known. */
function deviceFor(email: string): string {
  const id = `${encoded(email)}.${randomUUID()}`;
  return `${id}.${sign(id)}`;
}
/** The id of a device from which `email` has signed in before. */
function deviceOf(cookie: string | undefined, email: string) {
  const value = /(?:^|; )device=([^;]+)/.exec(cookie ?? '')?.[1] ?? '';
  const id = value.slice(0, value.lastIndexOf('.'));
  const [given, right] = [value.slice(id.length + 1), sign(id)];
  if (!id.startsWith(`${encoded(email)}.`)) return undefined;
  if (given.length !== right.length) return undefined;
  return timingSafeEqual(Buffer.from(given), Buffer.from(right))
    ? id
    : undefined;
}

/** Time stands still in this program alone: no budget comes back. */
const now = () => 0;

// #region login
/** `burst` at once, and one more each minute. */
const budget = (name: string, burst: number) =>
  limiterOn(redis, { name: PREFIX + name, burst, interval: 60_000, now });
const byAddress = budget('address', 10);
const byAccount = budget('account', 5);
const byDevice = budget('device', 5);
/** Each takes from the budgets that apply: the first to be empty decides. */
type Guard = (req: Request, email: string) => Promise<{ wait: number }>;

const address: Guard = (req) => byAddress(ipKeyGenerator(req.ip ?? ''));
const spelling: Guard = (_req, email) => byAccount(email);
const account: Guard = (_req, email) => byAccount(canonical(email));

const both: Guard = async (req, email) => {
  const first = await address(req, email);
  return first.wait > 0 ? first : account(req, email);
};

/** A known device has its own budget, which no stranger can use up. */
const andDevice: Guard = (req, email) => {
  const device = deviceOf(req.headers.cookie, canonical(email));
  return device === undefined ? both(req, email) : byDevice(device);
};

/** The one spelling under which the account is stored. */
const canonical = (email: string) => email.trim().toLowerCase();
const Login = z.strictObject({
  email: z.string().max(254),
  password: z.string().max(64),
});

/** It must outlive the browser's session, or it is of no use. */
const DEVICE_COOKIE = {
  httpOnly: true,
  secure: true,
  sameSite: 'lax',
  maxAge: 180 * 86_400_000,
} as const;

const login =
  (guard: Guard): RequestHandler =>
  async (req, res) => {
    const { email, password } = Login.parse(req.body);
    // Counted before the slow check, or parallel guesses are not counted.
    const { wait } = await guard(req, email);
    if (wait > 0) return refuse(res, wait);
    if (!(await passwordFits(canonical(email), password)))
      return void res.status(401).json('Wrong e-mail address or password');
    const device = deviceFor(canonical(email));
    res.cookie('device', device, DEVICE_COOKIE);
    res.json('signed in');
  };
// #endregion login

interface Try {
  ip: string;
  email: string;
  password: string;
  cookie?: string;
}
const fifty = Array.from({ length: 50 }, (_, at) => at);
const attacks: Record<string, Try[]> = {
  // A botnet of 25 addresses guesses Ana's password.
  'one account': fifty.map((at) => ({
    ip: `192.0.2.${at % 25}`,
    email: 'ana@example.com',
    password: at === 40 ? 'harbour-lemon-sixty' : `guess-${at}`,
  })),
  // The same, and it writes her address in another way each time.
  spellings: fifty.map((at) => ({
    ip: `192.0.2.${at % 25}`,
    email: [...'ana@example.com']
      .map((char, bit) => ((at >> bit) & 1 ? char.toUpperCase() : char))
      .join(''),
    password: at === 40 ? 'harbour-lemon-sixty' : `guess-${at}`,
  })),
  // One address tries pairs that leaked elsewhere: one in twelve fits.
  'many accounts': fifty.map((at) => ({
    ip: '192.0.2.200',
    email: `user${1 + (at % 19)}@example.com`,
    password: at % 12 === 5 ? `known-${1 + (at % 19)}` : `leaked-${at}`,
  })),
};

const guards = { address, spelling, account, both, andDevice };
const results: Record<string, string[]> = {};
const line = (cells: string[]) => {
  const row = cells.map((cell, at) => cell.padEnd(at === 0 ? 12 : 15));
  console.log(row.join('').trimEnd());
};
line(['guesses', ...Object.keys(attacks), 'Ana herself']);
for (const [name, guard] of Object.entries(guards)) {
  const app = express().set('trust proxy', 1).use(express.json());
  app.post('/login', login(guard));
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const attempt = async ({ ip, email, password, cookie }: Try) => {
    const answer = await fetch(`http://localhost:${port}/login`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': ip,
        ...(cookie !== undefined && { cookie }),
      },
      body: JSON.stringify({ email, password }),
    });
    await answer.text();
    return answer;
  };
  const ana = {
    ip: '203.0.113.5',
    email: 'ana@example.com',
    password: 'harbour-lemon-sixty',
  };
  const cells: string[] = [];
  let known = '';
  for (const tries of Object.values(attacks)) {
    await forget();
    const first = await attempt(ana);
    assert.equal(first.status, 200);
    const cookie = first.headers.get('set-cookie') ?? '';
    assert.match(cookie, /; Max-Age=\d+;/);
    known = cookie.split(';')[0] ?? '';
    checked = 0;
    let taken = 0;
    for (const one of tries) if ((await attempt(one)).ok) taken += 1;
    cells.push(`${checked}, ${taken} in`);
    if (tries !== attacks['one account']) continue;
    const { status } = await attempt({ ...ana, cookie: known });
    cells.push(String(status));
  }
  // A cookie of Ana's opens no budget for another account, nor does a forgery.
  const [id = ''] = known.replace('device=', '').split(/\.(?=[^.]*$)/);
  assert.equal(deviceOf(known, 'ben@example.com'), undefined);
  assert.equal(deviceOf(`device=${id}.AAAA`, ana.email), undefined);
  assert.equal(deviceOf(known, ana.email), id);
  const [one = '', status = '', ...others] = cells;
  results[name] = [one, ...others, status];
  line([name, ...(results[name] ?? [])]);
  server.close();
  await once(server, 'close');
}
// Ana's own login took one of the five.
assert.deepEqual(results, {
  address: ['50, 1 in', '50, 1 in', '10, 1 in', '200'],
  spelling: ['4, 0 in', '50, 1 in', '50, 4 in', '429'],
  account: ['4, 0 in', '4, 0 in', '50, 4 in', '429'],
  both: ['4, 0 in', '4, 0 in', '10, 1 in', '429'],
  andDevice: ['4, 0 in', '4, 0 in', '10, 1 in', '200'],
});
await forget();
redis.disconnect();
