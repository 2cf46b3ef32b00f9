import assert from 'node:assert/strict';
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Response,
} from 'express';
import helmet from 'helmet';

// #region headers
/** What an API that sends no HTML needs of helmet, and two more. */
function apiHeaders(app: Express): void {
  // First of all: nothing before it may answer.
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          // These three do not fall back to default-src.
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      xFrameOptions: { action: 'deny' },
    }),
  );
  app.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    res.set('Permissions-Policy', 'camera=(), geolocation=()');
    next();
  });
}

/** Answers in place of Express, whose pages replace the policy. */
function apiEnd(app: Express): void {
  const answer = (res: Response, status: number) => {
    const title = STATUS_CODES[status] ?? 'Error';
    res.status(status).type('application/problem+json');
    res.send(JSON.stringify({ type: 'about:blank', title, status }));
  };
  app.use((_req, res) => answer(res, 404));
  const onError: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    const status = Number((error as { status?: unknown } | null)?.status);
    // What the parser refuses has a status of its own: 400, 413, 415.
    answer(res, status >= 400 && status < 500 ? status : 500);
  };
  app.use(onError);
}

/** Three servers with one route; of the headers, each knows its own. */
const servers: Record<string, (app: Express) => void> = {
  express: (app) => {
    app.use(express.json());
    routes(app);
  },
  'helmet()': (app) => {
    // Found in many projects: the parser answers before helmet has run.
    app.use(express.json());
    app.use(helmet());
    routes(app);
  },
  api: (app) => {
    apiHeaders(app);
    app.use(express.json());
    routes(app);
    apiEnd(app);
  },
};
// #endregion headers

function routes(app: Express): void {
  app.get('/orders/1', (_req, res) => void res.json({ id: 1, cents: 4200 }));
}

const NOTABLE = [
  'x-powered-by',
  'strict-transport-security',
  'x-content-type-options',
  'content-security-policy',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
  'cache-control',
];
const requests: Record<string, RequestInit & { path: string }> = {
  'GET /orders/1': { path: '/orders/1' },
  'GET /nowhere': { path: '/nowhere' },
  'POST, broken JSON': {
    path: '/orders',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  },
};

const seen = new Map<string, Headers>();
for (const [name, build] of Object.entries(servers)) {
  const app = express();
  app.set('env', 'test'); // Express logs no errors then.
  build(app);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const [what, { path, ...init }] of Object.entries(requests)) {
    const response = await fetch(`http://localhost:${port}${path}`, init);
    await response.text();
    seen.set(`${name} ${what}`, response.headers);
  }
  server.close();
  await once(server, 'close');
}

const DIRECTIVES = /^[a-z-]+-src /;
const short = (value: string | null | undefined) => {
  if (!value) return '-';
  if (DIRECTIVES.test(value)) return `policy of ${value.split(';').length}`;
  return value
    .replace('max-age=31536000; includeSubDomains', 'one year')
    .replace('camera=(), geolocation=()', 'two features');
};
const names = Object.keys(servers);
const print = (first: string, cells: string[]) =>
  console.log(
    (first.padEnd(28) + cells.map((c) => c.padEnd(14)).join('')).trimEnd(),
  );
for (const what of Object.keys(requests)) {
  print(what, names);
  for (const header of NOTABLE) {
    const cells = names.map((name) =>
      short(seen.get(`${name} ${what}`)?.get(header)),
    );
    print(`  ${header}`, cells);
  }
}

const count = (name: string, what: string) =>
  NOTABLE.filter((header) => seen.get(`${name} ${what}`)?.has(header)).length;
const csp = (name: string, what: string) =>
  seen.get(`${name} ${what}`)?.get('content-security-policy');
// All answers of the API say the same, and none names its maker.
const policy =
  "default-src 'none';base-uri 'none';form-action 'none';" +
  "frame-ancestors 'none'";
for (const what of Object.keys(requests)) {
  assert.equal(count('api', what), NOTABLE.length - 1);
  assert.equal(seen.get(`api ${what}`)?.has('x-powered-by'), false);
  assert.equal(csp('api', what), policy);
  assert.equal(seen.get(`api ${what}`)?.get('x-frame-options'), 'DENY');
}
assert.equal(count('express', 'GET /orders/1'), 1);
assert.equal(csp('helmet()', 'GET /orders/1')?.split(';').length, 11);
// The page of Express for a 404 replaces the policy of helmet.
assert.equal(csp('helmet()', 'GET /nowhere'), "default-src 'none'");
assert.equal(count('helmet()', 'POST, broken JSON'), 3);
assert(seen.get('helmet() POST, broken JSON')?.has('x-powered-by'));
// Its README says 13 and counts the one that it takes away.
const bare = [...(seen.get('express GET /orders/1') ?? [])].length;
const all = [...(seen.get('helmet() GET /orders/1') ?? [])].length;
console.log(`helmet() adds ${all - bare + 1} headers and removes one`);
assert.equal(all - bare + 1, 12);
