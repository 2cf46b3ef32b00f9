import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import express, {
  type ErrorRequestHandler,
  type RequestHandler,
} from 'express';
import { pino, type Logger } from 'pino';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';
import { failureOf, Fault } from './failure.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

/** Keeps what it is told to write. */
function written() {
  const lines: string[] = [];
  return { lines, write: (line: string) => void lines.push(line) };
}

// #region leaks
/** What request loggers do by default, and one line more "for debugging". */
const asItComes = (log: Logger): RequestHandler => {
  const { req: ofRequest, res: ofResponse } = pino.stdSerializers;
  return (req, res, next) => {
    res.once('close', () => {
      log.info({ req: ofRequest(req), res: ofResponse(res), body: req.body });
      if (res.locals.error) log.error({ err: res.locals.error });
    });
    next();
  };
};

type Told = { requestId?: string; error?: unknown };

/** One line for a request, of fields that somebody chose. */
const byAllowList = (log: Logger): RequestHandler => {
  return (req, res, next) => {
    const start = performance.now();
    res.once('close', () => {
      const { statusCode: status } = res;
      const { requestId, error } = res.locals as Told;
      const { path: route } = (req.route ?? {}) as { path?: unknown };
      const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
      log[level]({
        requestId,
        method: req.method,
        route: typeof route === 'string' ? route : 'none', // not the URL
        status,
        outcome: res.writableFinished ? 'answered' : 'client left',
        ms: Math.round(performance.now() - start),
        ...(error !== undefined && { failure: failureOf(error) }),
      });
    });
    next();
  };
};
// #endregion leaks

const wide = written();
const narrow = written();
const app = express();
app.use((_req, res, next) => {
  res.locals.requestId = crypto.randomUUID();
  next();
});
app.use(asItComes(pino({}, wide)));
app.use(
  byAllowList(
    pino(
      {
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      narrow,
    ),
  ),
);
app.use(express.json());
app.post('/sessions', (_req, res) => {
  res.cookie('sid', 'the-new-session', { httpOnly: true });
  res.status(204).end();
});
app.get('/reset/:token', (_req, res) => void res.json({}));
app.get('/reset', (_req, res) => void res.json({}));
app.get('/me', (_req, res) => void res.json({}));
app.post('/users', async (req, res) => {
  const body = req.body as Prisma.UserCreateInput;
  const user = await prisma.user.create({
    data: { ...body, passwordHash: 'the-hash' },
    select: { id: true },
  });
  res.status(201).json(user);
});
app.post('/payments', () => {
  const cause = Object.assign(new Error('402: card 4111111111111111'), {
    code: 'card_declined',
  });
  throw new Fault('the provider refused the charge', { cause });
});
const started = new EventEmitter();
app.get('/export', (_req, res) => {
  res.write('the first row, and then nothing');
  started.emit('export');
});
const reply: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  res.locals.error = error;
  const theirs = error instanceof SyntaxError;
  res.status(theirs ? 400 : 500).json({});
};
app.use(reply);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ask = (path: string, init?: RequestInit) =>
  fetch(`http://localhost:${port}${path}`, init);
const post = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
});
/** Waits for the line of a request, which is written after its answer. */
async function lineOf(request: () => Promise<unknown>) {
  const before = narrow.lines.length;
  await request();
  while (narrow.lines.length === before) await setImmediate();
  const [line = '', ...others] = narrow.lines.slice(before);
  assert.equal(others.length, 0); // one line for a request
  return JSON.parse(line) as Record<string, unknown>;
}

const ANN = '"name":"Ann","email":"ann@example.com"';
const BEARER = { authorization: 'Bearer the-bearer-token' };
const PASSWORD = '{"password":"the-password"';
const cases: [string, secret: string, path: string, init?: RequestInit][] = [
  ['password in a body', 'the-pass', '/sessions', post(`${PASSWORD}}`)],
  ['the same, broken JSON', 'the-pass', '/sessions', post(`${PASSWORD},}`)],
  ['Authorization header', 'the-bearer', '/me', { headers: BEARER }],
  ['Cookie header', 'sid=1', '/me', { headers: { cookie: 'sid=1' } }],
  ['Set-Cookie header', 'the-new-session', '/sessions', post('{}')],
  ['token in the query', 'the-link', '/reset?token=the-link'],
  ['token in the path', 'the-link', '/reset/the-link'],
  ["Prisma's message", 'the-hash', '/users', post(`{${ANN},"role":"admin"}`)],
  ['card in a cause', '4111111111111111', '/payments', post('{}')],
];

console.log(`${'what'.padEnd(23)}as it comes  by an allow-list`);
for (const [name, secret, path, init] of cases) {
  wide.lines.length = 0;
  const line = await lineOf(async () => (await ask(path, init)).text());
  const cells = [wide.lines.join(''), JSON.stringify(line)].map((text) =>
    text.includes(secret) ? 'leaked' : '-',
  );
  console.log(name.padEnd(22), cells[0]?.padEnd(12), cells[1]);
  assert.deepEqual(cells, ['leaked', '-']);
}

const leaver = new AbortController();
const left = await lineOf(async () => {
  const leaves = ask('/export', { signal: leaver.signal });
  await Promise.all([once(started, 'export'), leaves]);
  leaver.abort();
});
const failed = await lineOf(() => ask('/payments', post('{}')));

for (const line of [left, failed]) {
  const { time, requestId, ms, failure, ...rest } = line;
  assert.match(String(time), /^\d{4}-.+T.+Z$/);
  assert.match(String(requestId), /^[\da-f-]{36}$/);
  assert.equal(typeof ms, 'number');
  console.log(Object.values(rest).join(' '));
  const summary = (one: unknown): string => {
    const { type, code, message, by } = one as Record<string, unknown>;
    const told = [type, code, message].filter(Boolean).join(' ');
    return by ? `${told}, by ${summary(by)}` : told;
  };
  if (failure) console.log(`  ${summary(failure)}`);
}
assert.equal(left.outcome, 'client left');
assert.equal(failed.level, 'error');
assert.match(JSON.stringify(failed), /"at":\["at .*"by":.*"at":\["at /);

server.close();
await once(server, 'close');
await prisma.$disconnect();
