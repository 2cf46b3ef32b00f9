import assert from 'node:assert/strict';
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type ErrorRequestHandler } from 'express';
import type { PoolConfig } from 'pg';
import { z } from 'zod';
import { PrismaClient } from '../prisma/client/client.ts';
import { MEMBER_OF, problemOf } from './problems.ts';

const connectionString = process.env.DATABASE_URL;
assert(connectionString);
const open = (config: PoolConfig) =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString, ...config }) });

const prisma = open({});
await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.user.deleteMany();
await prisma.$executeRaw`
  ALTER TABLE product DROP CONSTRAINT IF EXISTS product_stock_check`;
await prisma.$executeRaw`
  ALTER TABLE product ADD CONSTRAINT product_stock_check CHECK (stock >= 0)`;

/** Stands for the log. */
const logged: unknown[] = [];
const log = (error: unknown) => void logged.push(error);

/** Fails as Express's own parser does: marked as meant for the client. */
function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const { data, error } = schema.safeParse(input);
  if (error) throw Object.assign(error, { status: 400, expose: true });
  return data;
}

const Id = z.object({ id: z.uuid() });
const NewUser = z.strictObject({ email: z.email(), name: z.string() });
const NewOrganisation = z.strictObject({ slug: z.string(), name: z.string() });
const Sale = z.strictObject({ quantity: z.int().min(1).max(1_000) });
const NewProduct = z.strictObject({
  organisationId: z.uuid(),
  sku: z.string(),
  name: z.string(),
  // The upper bound was forgotten: the column is an int4.
  priceCents: z.int().min(0),
});

const more = express.Router();
more.post('/organisations', async (req, res) => {
  const data = parsed(NewOrganisation, req.body);
  const { id } = await prisma.organisation.create({ data });
  res.status(201).json({ id });
});
more.post('/products', async (req, res) => {
  const data = parsed(NewProduct, req.body);
  const { id } = await prisma.product.create({ data });
  res.status(201).json({ id });
});

// Two dependencies in trouble: a replica that is down, and a pool of one.
const down = new URL(connectionString);
down.host = '127.0.0.1:1';
const replica = open({ connectionString: down.href });
const small = open({ max: 1, connectionTimeoutMillis: 250 });
more.get('/reports', async (_req, res) => {
  res.json(await replica.order.count());
});
more.get('/exports', async (_req, res) => {
  await small.$transaction(async (tx) => {
    await tx.product.count();
    res.json(await small.product.count());
  });
});
// And two bugs: a column name from the client, and a table's wrong name.
more.get('/users', async (req, res) => {
  const { sort } = parsed(z.object({ sort: z.string() }), req.query);
  const orderBy = { [sort]: 'asc' };
  res.json(await prisma.user.findMany({ orderBy }));
});
more.get('/statistics', async (_req, res) => {
  res.json(await prisma.$queryRaw`SELECT email FROM user_acount`);
});

// #region app
const app = express();
app.use(express.json());

// No route looks first whether it may: it writes, and the database refuses.
app.post('/users', async (req, res) => {
  const data = parsed(NewUser, req.body);
  const { id } = await prisma.user.create({ data });
  res.status(201).json({ id });
});

app.delete('/organisations/:id', async (req, res) => {
  await prisma.organisation.delete({ where: parsed(Id, req.params) });
  res.status(204).end();
});

app.post('/products/:id/sales', async (req, res) => {
  const { quantity } = parsed(Sale, req.body);
  await prisma.product.update({
    where: parsed(Id, req.params),
    data: { stock: { decrement: quantity } },
  });
  res.status(204).end();
});

app.use(more);

/** Answers what the database said, and passes on what says nothing. */
const databaseProblems: ErrorRequestHandler = (error, req, res, next) => {
  const problem = problemOf(error, req.method);
  if (!problem || res.headersSent) return next(error);
  log(error);
  if (problem.status === 503) res.set('Retry-After', '1');
  res.status(problem.status).type('application/problem+json').json(problem);
};

const ClientError = z.object({ expose: z.literal(true), status: z.int() });

/** Everything else is our fault, and none of the client's business. */
const lastResort: ErrorRequestHandler = (error, _req, res, next) => {
  log(error);
  if (res.headersSent) return next(error);
  const status = ClientError.safeParse(error).data?.status ?? 500;
  res
    .status(status)
    .type('application/problem+json')
    .json({ type: 'about:blank', title: STATUS_CODES[status], status });
};

app.use(databaseProblems, lastResort);
// #endregion app

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** What must stay in the log: names of tables and columns, hosts, codes. */
const INTERNAL =
  /prisma|user_ac|product_|organisation_id|passwordHash|127\.0|P\d{4}|relation/;

const Answer = z.object({
  id: z.uuid().optional(),
  type: z.string().optional(),
  status: z.int().optional(),
  errors: z.array(z.object({ pointer: z.string() })).default([]),
});
let answers = 0;

async function send(method: string, path: string, body?: object | string) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'object' ? JSON.stringify(body) : (body ?? null),
  });
  const text = await response.text();
  answers += 1;
  assert.doesNotMatch(text, INTERNAL);
  const answer = Answer.parse(text ? JSON.parse(text) : {});
  if (!response.ok) {
    const type = response.headers.get('content-type') ?? '';
    assert.match(type, /^application\/problem\+json/);
    assert.equal(answer.status, response.status);
  }
  return {
    id: answer.id ?? '',
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    shown: [
      answer.type?.split('/').at(-1),
      ...answer.errors.map(({ pointer }) => pointer),
    ].join(' '),
  };
}

/** Sends, prints, and compares with `expected`: status, problem, pointer. */
async function expect(
  route: string,
  note: string,
  expected: string,
  body?: object | string,
): Promise<string> {
  const [method = '', path = ''] = route.split(' ');
  const { id, status, shown, retryAfter } = await send(method, path, body);
  const answer = `${status} ${shown}`.trim();
  const pattern = route.replace(/[\da-f-]{36}/, ':id');
  console.log(pattern.padEnd(25), note.padEnd(16), answer);
  assert.equal(answer, expected);
  assert.equal(retryAfter, status === 503 ? '1' : null);
  return id;
}

const NOBODY = '00000000-0000-7000-8000-000000000000';
const ada = { email: 'ada@example.com', name: 'Ada' };
const acme = { slug: 'acme', name: 'Acme' };

await expect('POST /users', 'a first one', '201', ada);
await expect('POST /users', 'e-mail again', '409 taken #/email', ada);
const organisationId = await expect(
  'POST /organisations',
  'a first one',
  '201',
  acme,
);
// A constraint that the module does not list: no pointer, and still a 409.
await expect('POST /organisations', 'slug again', '409 taken', acme);

const nut = { organisationId, sku: 'NUT', name: 'Nut', priceCents: 5 };
const lost = { ...nut, organisationId: NOBODY };
const dear = { ...nut, sku: 'BOLT', priceCents: 3e9 };
const id = await expect('POST /products', 'a first one', '201', nut);
await expect('POST /products', 'SKU again', '409 taken #/sku', nut);
await expect(
  'POST /products',
  'no such one',
  '422 dangling #/organisationId',
  lost,
);
await expect('POST /products', 'price over int4', '400 bad-value', dear);
await expect(
  `POST /products/${id}/sales`,
  'none in stock',
  '409 refused #/quantity',
  { quantity: 1 },
);
await expect(
  `DELETE /organisations/${organisationId}`,
  'it has a product',
  '409 in-use',
);
await expect(`DELETE /organisations/${NOBODY}`, 'no such one', '404 not-found');
const zero = { email: 'zero@example.com', name: '\0' };
await expect('POST /users', 'zero byte', '400 bad-value', zero);
await expect('POST /users', 'malformed JSON', '400 about:blank', '{');
await expect('GET /reports', 'database is down', '503 busy');
await expect('GET /exports', 'pool is empty', '503 busy');
await expect('GET /users?sort=pay', 'unknown column', '500 about:blank');
await expect('GET /statistics', 'unknown table', '500 about:blank');

// Five at once: whoever looks before inserting may see a free address.
const bea = { email: 'bea@example.com', name: 'Bea' };
const five = await Promise.all(
  Array.from({ length: 5 }, () => send('POST', '/users', bea)),
);
const statuses = five.map(({ status }) => status).sort();
console.log('POST /users'.padEnd(25), 'five at once'.padEnd(16), ...statuses);
assert.deepEqual(statuses, [201, 409, 409, 409, 409]);

// The log has what the answers lack, except for a body that is no JSON
// and for the pool, whose error says nothing of the kind.
const telling = logged.filter((error) =>
  INTERNAL.test(inspect(error, { depth: 9 }).replaceAll(/^ +at .*$/gm, '')),
);
console.log();
console.log(
  `${logged.length} errors, ${telling.length} of which name internals`,
);
console.log(`${answers} answers, 0 of which do`);
assert.equal(telling.length, logged.length - 2);

// A constraint that was renamed fails here, and not in production.
const names = await prisma.$queryRaw<{ name: string }[]>`
  SELECT conname AS name FROM pg_constraint
  UNION SELECT indexname FROM pg_indexes`;
const existing = new Set(names.map(({ name }) => name));
for (const name of MEMBER_OF.keys()) assert(existing.has(name), name);

server.close();
await once(server, 'close');
await prisma.$executeRaw`
  ALTER TABLE product DROP CONSTRAINT product_stock_check`;
await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.user.deleteMany();
for (const client of [prisma, replica, small]) await client.$disconnect();
