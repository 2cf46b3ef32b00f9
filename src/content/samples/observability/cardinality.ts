import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Request } from 'express';
import { Histogram, Registry } from 'prom-client';

// #region labels
/** Three ways to name the route of a request in a label. */
const ways: Record<string, (req: Request, mount: string) => string> = {
  url: (req) => req.originalUrl,
  // `baseUrl` is what the mount matched: the tenant's name, not `:tenant`.
  base: (req) =>
    pathOf(req) === undefined ? 'none' : req.baseUrl + pathOf(req),
  pattern: (req, mount) =>
    pathOf(req) === undefined ? 'none' : mount + pathOf(req),
};

/** The pattern of the route that answered, if one did. */
function pathOf(req: Request): string | undefined {
  const { path } = (req.route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : undefined;
}

const app = express();
const meters = Object.entries(ways).map(([name, routeOf]) => {
  const registry = new Registry();
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  return { name, registry, seconds, routeOf };
});

let observed = 0;
app.use((req, res, next) => {
  const start = performance.now();
  res.once('close', () => {
    const { mount = '' } = res.locals as { mount?: string };
    for (const { seconds, routeOf } of meters) {
      const route = routeOf(req, mount);
      const labels = { method: req.method, route, status: res.statusCode };
      seconds.observe(labels, (performance.now() - start) / 1_000);
    }
    observed += 1;
  });
  next();
});

/** Mounts a router, and remembers under which pattern. */
function mount(pattern: string, router: express.Router): void {
  app.use(
    pattern,
    (_req, res, next) => next(void (res.locals.mount = pattern)),
    router,
    // Nothing there has answered.
    (_req, res, next) => next(void (res.locals.mount = '')),
  );
}
// #endregion labels

const tenant = express.Router();
tenant.get('/orders', (_req, res) => void res.json([]));
tenant.get('/orders/:id', (req, res) => {
  if (Number(req.params.id) % 10 === 9) throw new Error('fault');
  res.json({});
});
mount('/tenants/:tenant', tenant);
app.get('/prices', (_req, res) => void res.json({}));
app.use((_req, res) => void res.status(404).json({}));
const reply: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.status(500).json({});
};
app.use(reply);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** Ten requests: eight for orders, a list, and one of somebody who scans. */
async function ten(round: number): Promise<void> {
  const at = `/tenants/t${round}`;
  const orders = Array.from({ length: 8 }, (_, id) => round * 8 + id);
  const paths = orders.map((id) => `${at}/orders/${id}`);
  for (const path of [...paths, '/prices', `${at}/.env.${round}`]) {
    const response = await fetch(`http://localhost:${port}${path}`);
    await response.text();
  }
}

/** Lines that a server collects and keeps: one for each series. */
async function seriesOf(registry: Registry): Promise<number> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line && !line.startsWith('#'))
    .length;
}

const counts: number[][] = [];
console.log('requests     url    base  pattern');
for (let round = 1; round <= 40; round += 1) {
  await ten(round);
  if (round % 10 !== 0) continue;
  while (observed < round * 10) await setImmediate();
  const series = await Promise.all(
    meters.map(({ registry }) => seriesOf(registry)),
  );
  counts.push(series);
  console.log(
    String(round * 10).padStart(8),
    ...series.map((count, at) => String(count).padStart(at === 2 ? 8 : 7)),
  );
}
// Bounds, sum and count: 14 series for each combination of labels.
assert.deepEqual(
  counts.map(([, , pattern]) => pattern),
  [56, 56, 56, 56],
);
assert.deepEqual(counts.at(-1)?.slice(0, 2), [14 * 361, 14 * 43]);
server.close();
await once(server, 'close');
