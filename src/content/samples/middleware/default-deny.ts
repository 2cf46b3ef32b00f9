import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { Router, type Express, type RequestHandler } from 'express';

/** Stands for sessions or tokens. */
const users = new Map([['Bearer ann-token', 'ann']]);

// #region deny
/** Who calls? Nothing here about what they may do. */
const authenticate: RequestHandler = (req, res, next) => {
  const user = users.get(req.get('authorization') ?? '');
  if (!user) {
    res.set('WWW-Authenticate', 'Bearer').sendStatus(401);
    return;
  }
  res.locals.user = user; // the identity, not the token
  next();
};

const ok: RequestHandler = (_req, res) => void res.sendStatus(200);

function routes(): Router {
  const router = Router();
  router.get('/admin/users', ok);
  router.get('/health-records', ok);
  router.get('/reports', ok); // new, and in nobody's list
  return router;
}

/** Open, but for the paths in a list. */
function closedByPath(app: Express) {
  app.use((req, res, next) => {
    const isClosed = ['/admin'].some((path) => req.path.startsWith(path));
    if (isClosed) authenticate(req, res, next);
    else next();
  });
  app.get('/health', ok).use(routes());
}

/** Closed, but for the paths in a list. */
function openByPrefix(app: Express) {
  app.use((req, res, next) => {
    const isOpen = ['/health'].some((path) => req.path.startsWith(path));
    if (isOpen) next();
    else authenticate(req, res, next);
  });
  app.get('/health', ok).use(routes());
}

/** Closed. What is public is registered before the door. */
function openByPlace(app: Express) {
  app.get('/health', ok);
  app.use(authenticate);
  app.use(routes());
}
// #endregion deny

async function statusesOf(setup: (app: Express) => void, paths: string[]) {
  const app = express();
  setup(app);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const statuses: number[] = [];
  for (const path of paths) {
    const response = await fetch(`http://localhost:${port}${path}`);
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  server.close();
  await once(server, 'close');
  return statuses;
}

const paths = [
  '/health',
  '/admin/users',
  '/ADMIN/users',
  '/reports',
  '/health-records',
  '/nowhere',
];
const ways = { closedByPath, openByPrefix, openByPlace };
const table: number[][] = [];
for (const way of Object.values(ways)) {
  table.push(await statusesOf(way, paths));
}
console.log('without a token '.padEnd(17), Object.keys(ways).join('  '));
for (const [row, path] of paths.entries()) {
  const cells = table.map((column) => String(column[row]).padEnd(13));
  console.log(path.padEnd(17), cells.join(' ').trimEnd());
}
assert.deepEqual(table, [
  [200, 401, 200, 200, 200, 404],
  [200, 401, 401, 401, 200, 401],
  [200, 401, 401, 401, 401, 401],
]);
