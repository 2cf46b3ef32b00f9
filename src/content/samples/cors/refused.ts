import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import cors, { type CorsOptions } from 'cors';
import express, { type RequestHandler } from 'express';
import { pageAt, type Seen } from './page.ts';

// #region policies
/** Throws unless each entry is exactly what a browser sends as Origin. */
function originsFrom(setting: string): string[] {
  const origins = setting.split(',').map((entry) => entry.trim());
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new Error(`Not an origin: ${origin}`);
  }
  return origins;
}
const ORIGINS = originsFrom('https://shop.example, https://admin.shop.example');

const policy: CorsOptions = {
  origin: ORIGINS,
  credentials: true,
  methods: ['GET', 'POST', 'DELETE'],
  allowedHeaders: ['Content-Type'],
  maxAge: 7200,
};

/** Whose page asks is decided here, before any handler runs. */
const refuseForeign: RequestHandler = (req, res, next) => {
  const { origin } = req.headers;
  if (origin === undefined || ORIGINS.includes(origin)) return next();
  res.status(403).type('application/problem+json');
  res.json({ type: 'about:blank', title: 'Forbidden', status: 403 });
};

const stacks: Record<string, RequestHandler[]> = {
  'cors alone': [
    cors(policy),
    // So that clients which forget the Content-Type work as well.
    express.json({ type: () => true }),
  ],
  'cors, and a refusal': [
    cors(policy), // first, so that a page of ours can read an error
    refuseForeign,
    express.json(), // application/json alone, which needs a preflight
  ],
};
// #endregion policies

const SESSION = 'session=ana';

/** A bank for one customer, behind `stack`. */
async function open(stack: RequestHandler[]) {
  const state = { balance: 100, runs: 0 };
  const app = express().use(...stack);
  const signedIn: RequestHandler = (req, res, next) => {
    if (req.headers.cookie !== SESSION) return void res.sendStatus(401);
    state.runs += 1;
    next();
  };
  app.get('/balance', signedIn, (_req, res) => {
    res.json(state.balance);
  });
  app.post('/payments', signedIn, (req, res) => {
    const body = req.body as { amount?: number } | undefined;
    if (typeof body?.amount !== 'number') return void res.sendStatus(415);
    state.balance -= body.amount;
    res.status(201).json(state.balance);
  });
  app.delete('/account', signedIn, (_req, res) => {
    state.balance = 0;
    res.json(state.balance);
  });
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  return { state, url: `http://localhost:${port}`, close };
}

const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'text/plain' };
const body = JSON.stringify({ amount: 10 });
const requests: [
  name: string,
  path: string,
  asked: Parameters<ReturnType<typeof pageAt>>[1],
][] = [
  ['GET', '/balance', {}],
  ['POST as text', '/payments', { method: 'POST', headers: text, body }],
  ['POST as JSON', '/payments', { method: 'POST', headers: json, body }],
  ['DELETE', '/account', { method: 'DELETE' }],
];

const WIDTHS = [22, 11, 9, 10];
const line = (...cells: string[]) => {
  const row = cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0));
  console.log(row.join('').trimEnd());
};

/** What was seen by a page, or by a program that is no browser. */
async function trial(name: string, stack: RequestHandler[]) {
  const { state, url, close } = await open(stack);
  const rows: string[] = [];
  const note = (row: string, seen: Seen, ran: boolean) => {
    const read = seen.text === undefined ? 'nothing' : 'the answer';
    const status = String(seen.status ?? 'not sent');
    line(`  ${row}`, seen.preflight, ran ? 'ran' : '-', status, read);
    rows.push([seen.preflight, ran, status, read].join());
  };
  line(name, 'preflight', 'handler', 'status', 'page reads');
  const evil = pageAt('https://evil.test', SESSION);
  for (const [row, path, asked] of requests) {
    const before = state.runs;
    note(row, await evil(url + path, asked), state.runs > before);
  }
  console.log(`  balance: ${state.balance} of 100`);
  const lost = 100 - state.balance;

  const shop = pageAt('https://shop.example', SESSION);
  const own = await shop(`${url}/payments`, {
    method: 'POST',
    headers: json,
    body,
  });
  assert.deepEqual(
    { ...own, text: undefined },
    { preflight: 'passed', status: 201, text: undefined },
  );
  assert.equal(own.text, String(90 - lost));
  // Even to our own pages a text is no JSON, where JSON needs a preflight.
  const path = `${url}/payments`;
  const asText = await shop(path, { method: 'POST', headers: text, body });
  assert.equal(asText.status, name === 'cors alone' ? 201 : 415);

  // No browser, no page: it sends whatever Origin it likes.
  const script = await fetch(`${url}/balance`, {
    headers: { origin: 'https://shop.example', cookie: SESSION },
  });
  assert.equal(script.status, 200);
  await close();
  return { rows, lost };
}

const [alone, both] = Object.entries(stacks);
assert(alone && both);
console.log('a page at https://evil.test, in a browser with the cookie');
const careless = await trial(...alone);
const careful = await trial(...both);
console.log('a script without a browser, Origin: https://shop.example');
line('  GET', 'none', 'ran', '200', 'the answer');

assert.equal(careless.lost, 10);
assert.equal(careful.lost, 0);
assert.deepEqual(careless.rows, [
  'none,true,200,nothing',
  'none,true,201,nothing',
  'refused,false,not sent,nothing',
  'refused,false,not sent,nothing',
]);
assert.deepEqual(careful.rows, [
  'none,false,403,nothing',
  'none,false,403,nothing',
  'refused,false,not sent,nothing',
  'refused,false,not sent,nothing',
]);
for (const wrong of ['https://shop.example/', 'https://Shop.example', '*'])
  assert.throws(() => originsFrom(wrong), /Not an origin/);
for (const wrong of ['null', 'https://shop.example:443', 'shop.example', ''])
  assert.throws(() => originsFrom(wrong), /Not an origin/);
