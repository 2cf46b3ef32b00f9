import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, {
  Router,
  type ErrorRequestHandler,
  type RequestHandler,
  type Response,
} from 'express';
import { Pool } from 'pg';
import { z } from 'zod';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS versioning_sunset CASCADE;
  CREATE SCHEMA versioning_sunset;
  CREATE TABLE versioning_sunset.product (
    id       int  PRIMARY KEY,
    name     text NOT NULL,
    cents    int  NOT NULL,
    currency text NOT NULL
  );
  INSERT INTO versioning_sunset.product
  VALUES (1, 'Nut', 1250, 'EUR'), (2, 'Bolt', 990, 'USD');
  CREATE TABLE versioning_sunset.use (
    version text,
    client  text,
    count   int NOT NULL,
    PRIMARY KEY (version, client)
  );
`);

/** RFC 9457; the status says all, but for what comes with it. */
function problem(res: Response, status: number, detail?: string): void {
  const title = STATUS_CODES[status];
  res
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .json({ type: 'about:blank', title, status, detail });
}

const Key = z.object({ id: z.string().regex(/^\d{1,9}$/) });
const Price = z.int().min(0).max(100_000_000);
const Product = z.strictObject({
  name: z.string().min(1).max(100),
  cents: Price,
  currency: z.enum(['EUR', 'USD']),
});
type Product = z.infer<typeof Product>;

async function productOf(id: string): Promise<Product | undefined> {
  const { rows } = await pool.query(
    `SELECT name, cents, currency FROM versioning_sunset.product
     WHERE id = $1`,
    [id],
  );
  return rows[0] ? Product.parse(rows[0]) : undefined;
}

/** Changes what costs this currency; false if there is no such product. */
async function change(id: string, product: Product): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE versioning_sunset.product
     SET name = $2, cents = $3 WHERE id = $1 AND currency = $4`,
    [id, product.name, product.cents, product.currency],
  );
  return rowCount === 1;
}

/** The clock, so that this program can turn it. */
let now = Date.parse('2026-12-01T00:00:00Z');

// #region versions
/** Counts who still calls a version; use the account if there is one. */
const counted =
  (version: string): RequestHandler =>
  async (req, _res, next) => {
    // Cut off, since anybody may send anything.
    const client = /^[\w./-]{1,40}/.exec(req.get('user-agent') ?? '')?.[0];
    await pool.query(
      `INSERT INTO versioning_sunset.use AS u VALUES ($1, $2, 1)
       ON CONFLICT (version, client) DO UPDATE SET count = u.count + 1`,
      [version, client ?? 'unknown'],
    );
    next();
  };

const DEPRECATED = Date.parse('2026-11-01T00:00:00Z');
const SUNSET = Date.parse('2027-05-01T00:00:00Z');

/** Announces the end in every answer, and is the end after it. */
const ending: RequestHandler = (req, res, next) => {
  // Parsed, so that no character of it can end the link. Behind the host,
  // or else `//` would begin another one.
  const { pathname } = new URL(`http://localhost${req.path}`);
  res.set({
    Deprecation: `@${DEPRECATED / 1000}`, // a structured date (RFC 9745)
    Sunset: new Date(SUNSET).toUTCString(), // an HTTP date (RFC 8594)
    Link: [
      '<https://api.example.com/docs/v1-to-v2>; rel="deprecation"',
      `</api/v2${pathname}>; rel="successor-version"`,
    ].join(', '),
  });
  if (now < SUNSET) return next();
  problem(res, 410, 'Version 1 has ended: see the links.');
};

const v2 = Router();
v2.get('/products/:id', async (req, res) => {
  const product = await productOf(Key.parse(req.params).id);
  if (product) res.json(product);
  else problem(res, 404);
});

/** Nothing but a translation: what it can do, version 2 does. */
const v1 = Router();
const ProductV1 = z.strictObject({
  name: Product.shape.name,
  price: z.number().min(0).max(1_000_000).multipleOf(0.01),
});

v1.get('/products/:id', async (req, res) => {
  const product = await productOf(Key.parse(req.params).id);
  if (!product) return problem(res, 404);
  // Version 1 knows euros only, and must not call a dollar one.
  if (product.currency !== 'EUR') return problem(res, 409, 'Use version 2.');
  res.json({ name: product.name, price: product.cents / 100 });
});

v1.put('/products/:id', async (req, res) => {
  const { id } = Key.parse(req.params);
  const { name, price } = ProductV1.parse(req.body);
  const cents = Math.round(price * 100);
  if (await change(id, { name, cents, currency: 'EUR' })) {
    return void res.status(204).end();
  }
  if (!(await productOf(id))) return problem(res, 404);
  problem(res, 409, 'Use version 2.');
});

const app = express();
app.use(express.json());
app.use('/api/v1', counted('v1'), ending, v1);
app.use('/api/v2', counted('v2'), v2);
// #endregion versions

app.use((_req, res) => problem(res, 404));
const lastResort: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  if (error instanceof z.ZodError) return problem(res, 400);
  console.error(error);
  problem(res, 500);
};
app.use(lastResort);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function ask(client: string, request: string, body?: object) {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(`http://localhost:${port}/api${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'user-agent': client },
    body: body ? JSON.stringify(body) : null,
  });
  const text = await response.text();
  const shown = response.ok ? text : '';
  console.log(request.padEnd(20), `${response.status} ${shown}`.trim());
  return { status: response.status, headers: response.headers, text };
}

const first = await ask('till/1.4', 'GET /v1/products/1');
for (const name of ['deprecation', 'sunset', 'link']) {
  const value = first.headers.get(name) ?? '';
  for (const part of value.split(/, (?=<)/)) console.log(' ', name, part);
}
await ask('till/1.4', 'PUT /v1/products/1', { name: 'Nut', price: 0.29 });
const changed = await ask('app/7', 'GET /v2/products/1');
const dollars = await ask('till/1.4', 'GET /v1/products/2');
const bolt = { name: 'Bolt', price: 9 };
const lossy = await ask('till/1.4', 'PUT /v1/products/2', bolt);
await ask('export/2', 'GET /v1/products/1');
const unknown = await ask('app/7', 'GET /v3/products/1');
assert.deepEqual(JSON.parse(first.text), { name: 'Nut', price: 12.5 });
assert.deepEqual(JSON.parse(changed.text), {
  name: 'Nut',
  cents: 29,
  currency: 'EUR',
});
assert.equal(dollars.status, 409);
assert.equal(lossy.status, 409);
assert.equal((await productOf('2'))?.cents, 990);
assert.equal(unknown.status, 404);
assert(!changed.headers.has('deprecation'));
const parsed = /^@(\d+)$/.exec(first.headers.get('deprecation') ?? '');
assert.equal(Number(parsed?.[1]) * 1000, DEPRECATED);
assert.equal(Date.parse(first.headers.get('sunset') ?? ''), SUNSET);
assert(SUNSET >= DEPRECATED);

const { rows } = await pool.query<{ row: string }>(
  `SELECT concat_ws(' ', version, client, count) AS row
   FROM versioning_sunset.use ORDER BY version, client`,
);
console.log('used by');
for (const { row } of rows) console.log(' ', row);
assert.deepEqual(
  rows.map(({ row }) => row),
  ['v1 export/2 1', 'v1 till/1.4 4', 'v2 app/7 1'],
);

/** The links of a path that is sent as it is: `fetch` would encode it. */
async function linkOf(path: string) {
  const request = get({ port, path: `/api/v1${path}` });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return String(response.headers.link);
}
assert.match(await linkOf('/products/1>'), /products\/1%3E>; rel="succ/);
assert.match(await linkOf('//evil.example/x'), /v2\/\/evil.example\/x>; rel/);
assert.match(await linkOf('//'), /v2\/\/>; rel/);

now = SUNSET;
console.log('on the day of the sunset');
const ended = await ask('till/1.4', 'GET /v1/products/1');
assert.equal(ended.status, 410);
assert.match(ended.headers.get('link') ?? '', /successor-version/);

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA versioning_sunset CASCADE');
await pool.end();
