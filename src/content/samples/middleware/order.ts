import assert from 'node:assert/strict';
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import cors from 'cors';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { z } from 'zod';

const ORIGIN = 'https://shop.example.com';
const SECRET = 'a secret that only we and the sender have';
/** Stands for sessions or tokens: to look one up takes a moment. */
async function userOf(authorization = ''): Promise<string | undefined> {
  await setImmediate();
  return new Map([['Bearer ann-token', 'ann']]).get(authorization);
}
const Order = z.object({ cents: z.int() });
const logged: string[] = [];

const signatureOf = (body: Buffer | string) =>
  createHmac('sha256', SECRET).update(body).digest();
const raw = express.raw({ type: 'application/json', limit: '100kb' });

// #region order
const steps = {
  log: (app: Express) =>
    app.use((req, res, next) => {
      const id = randomUUID();
      res.set('X-Request-Id', id);
      res.on('close', () => {
        logged.push(`${id} ${req.method} ${res.statusCode}`);
      });
      next();
    }),
  headers: (app: Express) => app.use(helmet()),
  cors: (app: Express) => app.use(cors({ origin: [ORIGIN] })),
  limit: (app: Express) =>
    app.use(rateLimit({ limit: 2, windowMs: 60_000, legacyHeaders: false })),
  webhook: (app: Express) =>
    app.post('/webhook', raw, (req, res) => {
      const body: unknown = req.body;
      const sent = Buffer.from(req.get('x-signature') ?? '', 'hex');
      const isGenuine =
        Buffer.isBuffer(body) &&
        sent.length === 32 &&
        timingSafeEqual(sent, signatureOf(body));
      res.sendStatus(isGenuine ? 204 : 400);
    }),
  auth: (app: Express) =>
    app.use(async (req, res, next) => {
      const user = await userOf(req.get('authorization'));
      if (!user)
        return void res.set('WWW-Authenticate', 'Bearer').status(401).json({});
      res.locals.user = user;
      next();
    }),
  json: (app: Express) => app.use(express.json({ limit: '20kb' })),
  routes: (app: Express) =>
    app
      .get('/orders', (_req, res) => res.json([]))
      .post('/orders', (req, res) => {
        res.sendStatus(Order.safeParse(req.body).success ? 201 : 400);
      })
      .get('/fault', () => Promise.reject(new Error('fault'))),
  'not found': (app: Express) =>
    app.use((_req, res) => res.status(404).json({})),
  errors: (app: Express) => app.use(reply),
};

type Step = keyof typeof steps;

/** From what concerns every request to what concerns one. */
const RIGHT: readonly Step[] = [
  'log', // sees whatever the others answer
  'headers', // so that refusals carry them too
  'cors', // a preflight has no token, and a refusal must be readable
  'limit', // counts guesses of tokens too
  'webhook', // needs the bytes, and proves itself by its signature
  'auth', // nobody below is anonymous
  'json', // no stranger's body is collected or parsed
  'routes',
  'not found', // what no route has answered
  'errors', // what the others threw
];
// #endregion order

/** What parsers throw because of the client: 400, 413, 415. */
const Theirs = z.object({
  expose: z.literal(true),
  status: z.int().min(400).max(499),
});

const reply: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  res.status(Theirs.safeParse(error).data?.status ?? 500).json({});
};

function appIn(order: readonly Step[]): Express {
  const app = express();
  for (const step of order) steps[step](app);
  return app;
}

/** The same order, with one step moved. */
function moved(step: Step, place: 'before' | 'after', other: Step): Step[] {
  const rest = RIGHT.filter((name) => name !== step);
  const at = rest.indexOf(other) + (place === 'after' ? 1 : 0);
  return rest.toSpliced(at, 0, step);
}

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

const ANN = { authorization: 'Bearer ann-token' };
const JSON_TYPE = { 'content-type': 'application/json' };
const EVENT = '{ "paid": 1 }';

/** What is asked, and what is looked at in the answer. */
const probes: Record<string, (ask: Ask) => Promise<string>> = {
  'Ann reads': async (ask) =>
    String((await ask('/orders', { headers: ANN })).status),
  'no token': async (ask) => String((await ask('/orders')).status),
  'no token, its log': async (ask) => String((await ask('/orders')).status),
  'no token, nosniff': async (ask) => {
    const { headers, status } = await ask('/orders');
    return `${status} ${headers.get('x-content-type-options') ?? 'without'}`;
  },
  preflight: async (ask) => {
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    return String(
      (await ask('/orders', { method: 'OPTIONS', headers })).status,
    );
  },
  '3rd guess': async (ask) => {
    const guess = { headers: { authorization: 'Bearer guess' } };
    await ask('/orders', guess);
    await ask('/orders', guess);
    return String((await ask('/orders', guess)).status);
  },
  '3rd in a page': async (ask) => {
    const ofPage = { headers: { ...ANN, origin: ORIGIN } };
    await ask('/orders', ofPage);
    await ask('/orders', ofPage);
    const { headers, status } = await ask('/orders', ofPage);
    const isReadable = headers.has('access-control-allow-origin');
    return `${status} ${isReadable ? 'readable' : 'hidden'}`;
  },
  'Ann posts': async (ask) => {
    const headers = { ...ANN, ...JSON_TYPE };
    const order = { method: 'POST', headers, body: '{"cents":4900}' };
    return String((await ask('/orders', order)).status);
  },
  'Ann posts 21 kB': async (ask) => {
    const headers = { ...ANN, ...JSON_TYPE };
    const order = { method: 'POST', headers, body: `"${'-'.repeat(21_000)}"` };
    return String((await ask('/orders', order)).status);
  },
  'no token, bad JSON': async (ask) => {
    const body = { method: 'POST', headers: JSON_TYPE, body: '{' };
    return String((await ask('/orders', body)).status);
  },
  'signed event': async (ask) => {
    const headers = {
      ...JSON_TYPE,
      'x-signature': signatureOf(EVENT).toString('hex'),
    };
    const event = { method: 'POST', headers, body: EVENT };
    return String((await ask('/webhook', event)).status);
  },
  'a fault': async (ask) => {
    const { headers, status } = await ask('/fault', { headers: ANN });
    const isJson = headers.get('content-type')?.startsWith('application/json');
    return `${status} ${isJson ? 'JSON' : 'HTML'}`;
  },
};

// Express logs to stderr what no handler took.
console.error = () => {};

async function answerOf(order: readonly Step[], probe: string) {
  const server = appIn(order).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  logged.length = 0;
  const ask = probes[probe];
  assert(ask);
  const answer = await ask((path, init) =>
    fetch(`http://localhost:${port}${path}`, init).then(async (response) => {
      await response.arrayBuffer();
      return response;
    }),
  );
  server.close();
  await once(server, 'close');
  if (!probe.endsWith('log')) return answer;
  return `${answer} ${logged.length === 1 ? 'logged' : 'not logged'}`;
}

const wrong: [Step, 'before' | 'after', Step, string, string, string][] = [
  ['log', 'after', 'auth', 'no token, its log', '401 logged', '401 not logged'],
  [
    'headers',
    'after',
    'auth',
    'no token, nosniff',
    '401 nosniff',
    '401 without',
  ],
  ['cors', 'after', 'auth', 'preflight', '204', '401'],
  ['cors', 'after', 'limit', '3rd in a page', '429 readable', '429 hidden'],
  ['limit', 'after', 'auth', '3rd guess', '429', '401'],
  ['webhook', 'after', 'auth', 'signed event', '204', '401'],
  ['json', 'before', 'webhook', 'signed event', '204', '400'],
  ['json', 'before', 'auth', 'no token, bad JSON', '401', '400'],
  ['json', 'after', 'routes', 'Ann posts', '201', '400'],
  ['auth', 'after', 'routes', 'no token', '401', '200'],
  ['not found', 'before', 'routes', 'Ann reads', '200', '404'],
  ['errors', 'before', 'routes', 'a fault', '500 JSON', '500 HTML'],
];

console.log('moved                    request             right, then wrong');
for (const [step, place, other, probe, right, bad] of wrong) {
  const answers = [
    await answerOf(RIGHT, probe),
    await answerOf(moved(step, place, other), probe),
  ];
  console.log(
    `${step} ${place} ${other}`.padEnd(24),
    probe.padEnd(19),
    answers.join(', '),
  );
  assert.deepEqual(answers, [right, bad]);
}
assert.equal(await answerOf(RIGHT, 'Ann posts 21 kB'), '413');
