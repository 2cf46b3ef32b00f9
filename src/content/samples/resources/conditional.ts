import assert from 'node:assert/strict';
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Response } from 'express';
import { Pool } from 'pg';
import { z } from 'zod';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));

async function startAgain() {
  await pool.query(`
    DROP SCHEMA IF EXISTS resources_conditional CASCADE;
    CREATE SCHEMA resources_conditional;
    CREATE TABLE resources_conditional.product (
      id          text PRIMARY KEY,
      name        text NOT NULL,
      price_cents int  NOT NULL,
      version     int  NOT NULL DEFAULT 1
    );
    INSERT INTO resources_conditional.product VALUES ('nut', 'Nutt', 10);
  `);
}

const Key = z.object({ id: z.string().regex(/^[a-z]{1,40}$/) });
const Product = z.strictObject({
  name: z.string().min(1).max(100),
  priceCents: z.int().min(0).max(1_000_000),
});
type Product = z.infer<typeof Product>;

/** RFC 9457; what failed and how to do better is no secret here. */
function problem(res: Response, status: number, detail?: string): void {
  const title = STATUS_CODES[status];
  res
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .json({ type: 'about:blank', title, status, detail });
}

async function found(id: string) {
  const { rows } = await pool.query<Product & { version: number }>(
    `SELECT name, price_cents AS "priceCents", version
     FROM resources_conditional.product WHERE id = $1`,
    [id],
  );
  return rows[0];
}

async function replace(id: string, product: Product) {
  await pool.query(
    `UPDATE resources_conditional.product
     SET name = $2, price_cents = $3, version = version + 1 WHERE id = $1`,
    [id, product.name, product.priceCents],
  );
}

/** Lets the two requests of a race arrive before either may go on. */
let arrive = () => Promise.resolve();
function expectTwo() {
  const both = Promise.withResolvers<void>();
  let arrived = 0;
  arrive = () => {
    arrived += 1;
    if (arrived === 2) both.resolve();
    return both.promise;
  };
}

/**
 * The versions that the client accepts, null for any (`*`); undefined for
 * what is no list of entity tags (RFC 9110, section 13.1.1).
 */
function versionsIn(header: string): string[] | null | undefined {
  if (header === '*') return null;
  if (!/^(?:(?:W\/)?"[^"]*"\s*(?:,\s*|$))+$/.test(header)) return undefined;
  const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)];
  // A weak tag may stand for several contents: it never matches.
  return tags.flatMap(([, weak, tag = '']) => (weak ? [] : tag));
}

const app = express();
app.use(express.json());

// #region routes
app.get('/products/:id', async (req, res) => {
  const product = await found(Key.parse(req.params).id);
  if (!product) return problem(res, 404);
  const { version, ...shown } = product;
  // Strong, and new with every change. If the client has it: a 304.
  res.set('ETag', `"${version}"`).json(shown);
});

/** Replaces whatever is there by now. */
app.put('/blind/:id', async (req, res) => {
  const product = Product.parse(req.body);
  await arrive();
  await replace(Key.parse(req.params).id, product);
  res.json(product);
});

/** Compares with what was there a moment ago. */
app.put('/looking/:id', async (req, res) => {
  const { id } = Key.parse(req.params);
  const product = Product.parse(req.body);
  const before = await found(id);
  if (req.get('if-match') !== `"${before?.version}"`) return problem(res, 412);
  await arrive();
  await replace(id, product);
  res.status(204).end();
});

/** Compares and replaces in one statement; creates only if told so. */
app.put('/products/:id', async (req, res) => {
  const { id } = Key.parse(req.params);
  const { name, priceCents } = Product.parse(req.body);
  if (req.get('if-none-match') === '*') {
    const { rowCount } = await pool.query(
      `INSERT INTO resources_conditional.product (id, name, price_cents)
       VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [id, name, priceCents],
    );
    if (!rowCount) return problem(res, 412, 'It exists already.');
    return void res.status(201).end();
  }
  const header = req.get('if-match');
  if (!header) return problem(res, 428, 'Send If-Match with the ETag.');
  const versions = versionsIn(header);
  if (versions === undefined) return problem(res, 400, 'Quote the ETag.');
  await arrive();
  const { rowCount } = await pool.query(
    `UPDATE resources_conditional.product
     SET name = $2, price_cents = $3, version = version + 1
     WHERE id = $1 AND ($4::text[] IS NULL OR version::text = ANY ($4))`,
    [id, name, priceCents, versions],
  );
  if (!rowCount) return problem(res, 412, 'It has changed: read it again.');
  // No ETag: what was stored is not what was sent, byte for byte.
  res.status(204).end();
});
// #endregion routes

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

async function read(id = 'nut', headers = {}) {
  const response = await fetch(`http://localhost:${port}/products/${id}`, {
    headers,
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    product: response.ok ? Product.parse(JSON.parse(text)) : undefined,
  };
}

async function put(path: string, product: unknown, headers = {}) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(product),
  });
  await response.text();
  return { status: response.status, etag: response.headers.get('etag') };
}

/** Both read, then both write: Ann the price, Bob the name. */
async function race(path: string) {
  await startAgain();
  const [ann, bob] = [await read(), await read()];
  expectTwo();
  const answers = await Promise.all([
    put(path, { ...ann.product, priceCents: 12 }, { 'if-match': ann.etag }),
    put(path, { ...bob.product, name: 'Nut' }, { 'if-match': bob.etag }),
  ]);
  arrive = () => Promise.resolve();
  const { product } = await read();
  const changes = [product?.priceCents === 12, product?.name === 'Nut'];
  const kept = changes.filter(Boolean).length;
  return { statuses: answers.map(({ status }) => status).sort(), kept };
}

console.log('two people read, then write     answers  changes kept');
for (const [name, path, statuses, claimed] of [
  ['blind', '/blind/nut', [200, 200], 2],
  ['look, then write', '/looking/nut', [204, 204], 2],
  ['compare and write', '/products/nut', [204, 412], 1],
] as const) {
  const found = await race(path);
  const answers = found.statuses.join(' ');
  console.log(name.padEnd(31), answers, `${found.kept} of ${claimed} claimed`);
  assert.deepEqual(found.statuses, statuses);
  assert.equal(found.kept, 1);
}

// The one who was refused reads again, and both changes are there.
const second = await read();
const again =
  second.product?.name === 'Nut' ? { priceCents: 12 } : { name: 'Nut' };
const kept = { ...second.product, ...again };
await put('/products/nut', kept, { 'if-match': second.etag });
assert.deepEqual((await read()).product, { name: 'Nut', priceCents: 12 });
console.log('refused, read again, write'.padEnd(31), '204     2 of 2');

await startAgain();
const nut = { name: 'Nut', priceCents: 12 };
const show = async (name: string, headers: object, expected: number) => {
  const { status, etag } = await put('/products/nut', nut, headers);
  console.log(name.padEnd(31), status);
  assert.equal(status, expected);
  // Whoever took this for the tag of what was stored could not use it.
  assert(etag === null || status >= 400);
};
console.log();
await show('no condition', {}, 428);
await show('If-Match: "1"', { 'if-match': '"1"' }, 204);
await show('If-Match: "1", sent again', { 'if-match': '"1"' }, 412);
await show('If-Match: W/"2"', { 'if-match': 'W/"2"' }, 412);
await show('If-Match: 2', { 'if-match': '2' }, 400);
await show('If-Match: "9", "2"', { 'if-match': '"9", "2"' }, 204);
await show('If-Match: W/"1", "3"', { 'if-match': 'W/"1", "3"' }, 204);
await show('If-Match: *', { 'if-match': '*' }, 204);
await show('If-None-Match: *', { 'if-none-match': '*' }, 412);

const create = { 'if-none-match': '*' };
const made = await Promise.all(
  [nut, nut].map((product) => put('/products/bolt', product, create)),
);
const statuses = made.map(({ status }) => status).sort();
console.log('If-None-Match: *, new, twice'.padEnd(31), ...statuses);
assert.deepEqual(statuses, [201, 412]);

// `fetch` turns off caching where a caller adds a condition, in Node.js and
// in browsers, unless that caller says otherwise.
const condition = { 'if-none-match': '"5"' };
const byDefault = await read('nut', condition);
console.log('GET, If-None-Match: "5"'.padEnd(31), byDefault.status);
const revalidating = { ...condition, 'cache-control': 'max-age=0' };
const cached = await read('nut', revalidating);
console.log('  and Cache-Control: max-age=0'.padEnd(31), cached.status);
assert.deepEqual([byDefault.status, cached.status], [200, 304]);

// What Express adds by itself cannot serve as a condition.
const { etag } = await put('/blind/nut', nut);
console.log(
  `Express tags the answer to a PUT ${etag?.replace(/".+"/, '"..."')}`,
);
assert.match(etag ?? '', /^W\/"/);

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA resources_conditional CASCADE');
await pool.end();
