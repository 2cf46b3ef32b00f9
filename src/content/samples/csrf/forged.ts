import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import cookieParser from 'cookie-parser';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from 'express';
import { z } from 'zod';

const ORIGIN = 'https://shop.test';

/** Takes JSON, whatever it calls itself, and forms. */
const anyBody = [
  express.urlencoded({ extended: false }),
  express.json({ type: ['json', 'text/plain'] }),
];

// #region defences
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Asks who made the request: no page can write these headers itself. */
const ownOriginOnly: RequestHandler = (req, res, next) => {
  if (SAFE.has(req.method)) return next();
  const site = req.get('Sec-Fetch-Site');
  const isOurs =
    site === undefined
      ? req.get('Origin') === ORIGIN // an old browser, or plain HTTP
      : site === 'same-origin' || site === 'none';
  if (!isOurs) return void res.sendStatus(403);
  next();
};

const defences: Record<string, (app: Express) => void> = {
  nothing: (app) => app.use(anyBody),

  /** "A form cannot send JSON": its fields stay unread. */
  jsonParser: (app) => app.use(express.json()),

  /** Left to the browser: the cookie is set with SameSite=Lax. */
  sameSiteLax: (app) => app.use(anyBody),

  fetchMetadata: (app) => app.use(ownOriginOnly, anyBody),
};
// #endregion defences

const done: string[] = [];
const Transfer = z.object({ to: z.string(), cents: z.coerce.number().int() });
const Login = z.object({ user: z.string() });
const userOf = (req: Request) =>
  z.object({ user: z.string() }).safeParse(req.cookies).data?.user;

const badInput: ErrorRequestHandler = (error, _req, res, next) => {
  if (!(error instanceof z.ZodError)) return next(error);
  res.sendStatus(400);
};

function shop(defend: (app: Express) => void) {
  const app = express();
  app.use(cookieParser());
  defend(app);
  app.post('/login', (req, res) => {
    done.push(`signed in as ${Login.parse(req.body).user}`);
    res.sendStatus(204);
  });
  app.use((req, res, next) => {
    if (userOf(req) === undefined) return void res.sendStatus(401);
    next();
  });
  app.post('/transfer', (req, res) => {
    done.push(`paid ${Transfer.parse(req.body).to}`);
    res.sendStatus(204);
  });
  app.post('/account/close', (_req, res) => {
    done.push('closed');
    res.sendStatus(204);
  });
  app.get('/unsubscribe', (_req, res) => {
    done.push('unsubscribed');
    res.sendStatus(204);
  });
  app.use(badInput);
  return app;
}

type Attempt = {
  from: 'same-origin' | 'same-site' | 'cross-site';
  path: string;
  method?: 'GET';
  type?: string;
  body?: string;
  /** Sends neither Sec-Fetch-Site nor heeds SameSite. */
  isOld?: true;
};

const FORM = 'application/x-www-form-urlencoded';
const empty = { type: FORM, body: '' };
const form = { type: FORM, body: 'to=eve&cents=4900' };
// <input name='{"to":"eve","cents":4900,"x":"' value='"}'>
const spelled = '{"to":"eve","cents":4900,"x":"="}\r\n';
const attempts: Record<string, Attempt> = {
  'our own page': {
    from: 'same-origin',
    path: '/transfer',
    type: 'application/json',
    body: '{"to":"ben","cents":4900}',
  },
  'a form': { from: 'cross-site', path: '/transfer', ...form },
  'JSON in text/plain': {
    from: 'cross-site',
    path: '/transfer',
    type: 'text/plain',
    body: spelled,
  },
  'a form, no fields': {
    from: 'cross-site',
    path: '/account/close',
    ...empty,
  },
  'from a subdomain': {
    from: 'same-site',
    path: '/account/close',
    ...empty,
  },
  'a login form': {
    from: 'cross-site',
    path: '/login',
    type: FORM,
    body: 'user=eve',
  },
  'an old browser': {
    from: 'cross-site',
    path: '/transfer',
    ...form,
    isOld: true,
  },
  'a link': { from: 'cross-site', path: '/unsubscribe', method: 'GET' },
};

const HOSTS = {
  'same-origin': ORIGIN,
  'same-site': 'https://blog.shop.test',
  'cross-site': 'https://evil.test',
};

/** The headers that a browser adds by itself to what a page asked for. */
function headersOf(attempt: Attempt, isLax: boolean) {
  const { from, method, type, isOld } = attempt;
  const isSent = !isLax || isOld || from !== 'cross-site' || method === 'GET';
  return {
    ...(isSent && { cookie: 'user=ann' }),
    ...(method !== 'GET' && { origin: HOSTS[from] }),
    ...(!isOld && { 'sec-fetch-site': from }),
    ...(type && { 'content-type': type }),
  };
}

async function outcomeOf(name: string, attempt: Attempt) {
  const server = shop(defences[name] ?? assert.fail()).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  done.length = 0;
  const url = `http://localhost:${port}${attempt.path}`;
  const response = await fetch(url, {
    method: attempt.method ?? 'POST',
    headers: headersOf(attempt, name === 'sameSiteLax'),
    ...(attempt.body !== undefined && { body: attempt.body }),
  });
  await response.text();
  server.close();
  await once(server, 'close');
  assert.equal(done.length, response.status === 204 ? 1 : 0);
  return done.length === 1 ? 'done' : String(response.status);
}

const seen: Record<string, string[]> = {};
const names = Object.keys(defences);
console.log(
  ''.padEnd(19),
  names
    .map((n) => n.padEnd(13))
    .join('')
    .trim(),
);
for (const [what, attempt] of Object.entries(attempts)) {
  const outcomes: string[] = [];
  for (const name of names) outcomes.push(await outcomeOf(name, attempt));
  const row = outcomes.map((o) => o.padEnd(13)).join('');
  console.log(what.padEnd(19), row.trim());
  seen[what] = outcomes;
}
assert.deepEqual(Object.values(seen), [
  ['done', 'done', 'done', 'done'],
  ['done', '400', '401', '403'],
  ['done', '400', '401', '403'],
  ['done', 'done', '401', '403'],
  ['done', 'done', 'done', '403'],
  ['done', '400', 'done', '403'],
  ['done', '400', 'done', '403'],
  ['done', 'done', 'done', 'done'],
]);
