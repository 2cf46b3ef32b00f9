import assert from 'node:assert/strict';
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, {
  type ErrorRequestHandler,
  type RequestHandler,
  type Response,
} from 'express';
import { rateLimit } from 'express-rate-limit';
import { Pool } from 'pg';
import { z } from 'zod';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without a listener, a connection that breaks while idle ends the process.
pool.on('error', (error) => console.error('idle connection lost', error));
await pool.query(`
  DROP SCHEMA IF EXISTS status_codes_order CASCADE;
  CREATE SCHEMA status_codes_order;
  CREATE TABLE status_codes_order.invoice (
    id      text PRIMARY KEY,
    tenant  text NOT NULL,
    status  text NOT NULL DEFAULT 'OPEN',
    euros   numeric(12, 2) NOT NULL,
    version int  NOT NULL DEFAULT 1
  );
  INSERT INTO status_codes_order.invoice (id, tenant, euros)
  VALUES ('a1', 'acme', 49), ('a2', 'acme', 12), ('g1', 'globex', 7);
`);

/** What others do while that service is being asked. */
let meanwhile = async () => {};
/** A service of somebody else's that this API depends on. */
const rates = express().get('/usd', async (_req, res) => {
  await meanwhile();
  res.json({ rate: 1.25 });
});
const rateServer = rates.listen(0);
await once(rateServer, 'listening');
const { port: ratePort } = rateServer.address() as AddressInfo;
const Rate = z.object({ rate: z.number().positive() });

type Caller = { tenant: string; role: 'clerk' | 'owner' };
const callers = new Map<string, Caller>([
  ['clerk-token', { tenant: 'acme', role: 'clerk' }],
  ['owner-token', { tenant: 'acme', role: 'owner' }],
]);

const Invoice = z.object({
  id: z.string(),
  status: z.string(),
  euros: z.string(),
  version: z.int(),
});

async function invoiceOf(tenant: string, id: string) {
  const { rows } = await pool.query(
    `SELECT id, status, euros, version FROM status_codes_order.invoice
     WHERE id = $1 AND tenant = $2`,
    [id, tenant],
  );
  return rows[0] ? Invoice.parse(rows[0]) : undefined;
}

/** RFC 9457, and the headers that a status cannot do without. */
class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  constructor(status: number, headers: Record<string, string> = {}) {
    super(STATUS_CODES[status]);
    this.status = status;
    this.headers = headers;
  }
}

function reply(res: Response, { status, headers, message }: Refusal): void {
  res
    .status(status)
    .set({ ...headers, 'Cache-Control': 'no-store' })
    .type('application/problem+json')
    .json({ type: 'about:blank', title: message, status });
}

/** Requests in ten minutes; the limit of this program is its own length. */
const LIMIT = 16;

// #region order
const callerOf = new WeakMap<express.Request, Caller>();

const authenticate: RequestHandler = (req, _res, next) => {
  const [, token = ''] =
    /^Bearer (\S+)$/.exec(req.get('authorization') ?? '') ?? [];
  const caller = callers.get(token);
  if (!caller) throw new Refusal(401, { 'WWW-Authenticate': 'Bearer' });
  callerOf.set(req, caller);
  next();
};

// The role alone, so that a 403 tells nothing about any invoice.
const ownersOnly: RequestHandler = (req, _res, next) => {
  if (callerOf.get(req)?.role !== 'owner') throw new Refusal(403);
  next();
};

// express.json() passes over other types, and leaves the body undefined.
const jsonOnly: RequestHandler = (req, _res, next) => {
  if (req.is('application/json')) return next();
  throw new Refusal(415, { 'Accept-Patch': 'application/json' });
};

const Payment = z.strictObject({ status: z.literal('PAID') });
const Version = z.string().regex(/^"\d{1,9}"$/);

const pay: RequestHandler<{ id: string }> = async (req, res) => {
  const body = Payment.safeParse(req.body);
  if (!body.success) throw new Refusal(400);

  const tenant = callerOf.get(req)?.tenant ?? '';
  const invoice = await invoiceOf(tenant, req.params.id);
  if (!invoice) throw new Refusal(404); // or somebody else's

  const condition = Version.safeParse(req.get('if-match'));
  if (!condition.success) throw new Refusal(428);
  if (condition.data !== `"${invoice.version}"`) throw new Refusal(412);
  if (invoice.status !== 'OPEN') throw new Refusal(409);

  const { rate } = await dollarRate();
  const { rowCount } = await pool.query(
    `UPDATE status_codes_order.invoice
     SET status = 'PAID', version = version + 1
     WHERE id = $1 AND tenant = $2 AND version = $3 AND status = 'OPEN'`,
    [invoice.id, tenant, invoice.version],
  );
  if (!rowCount) throw new Refusal(412); // somebody was faster
  const dollars = (Number(invoice.euros) * rate).toFixed(2);
  res.json({ id: invoice.id, dollars });
};

const app = express();
app.use(rateLimit({ limit: LIMIT, windowMs: 600_000, handler: tooMany }));
app.use(authenticate);
app
  .route('/invoices/:id')
  .patch(ownersOnly, jsonOnly, express.json({ limit: '1kb' }), pay)
  .all(() => {
    throw new Refusal(405, { Allow: 'PATCH' });
  });
app.use(() => {
  throw new Refusal(404);
});
// #endregion order

/** The limiter has set Retry-After by now. */
function tooMany(_req: express.Request, res: Response): void {
  reply(res, new Refusal(429));
}

async function dollarRate() {
  try {
    const response = await fetch(`http://localhost:${ratePort}/usd`, {
      signal: AbortSignal.timeout(10_000),
    });
    // The deadline is for the body, too.
    const text = await response.text();
    if (response.status < 500) return Rate.parse(JSON.parse(text));
  } catch (error) {
    // It speaks, and we do not understand it: that is our bug.
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      throw error;
  }
  throw new Refusal(503, { 'Retry-After': '30' });
}

/** From the body parser: 413, and 400 for what is no JSON. */
const ClientError = z.object({
  expose: z.literal(true),
  status: z.int().min(400).max(499),
});

const lastResort: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  if (error instanceof Refusal) return reply(res, error);
  const known = ClientError.safeParse(error);
  // Stands for the log.
  if (!known.success) logged.push(error);
  reply(res, new Refusal(known.success ? known.data.status : 500));
};
const logged: unknown[] = [];
app.use(lastResort);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** A request with every fault; each step mends the one that was answered. */
const request = {
  method: 'PUT',
  path: '/invoice/g1',
  headers: { 'content-type': 'text/plain' } as Record<string, string>,
  body: JSON.stringify({ status: 'PAYED', note: 'x'.repeat(2_000) }),
};
const HEADERS = ['www-authenticate', 'allow', 'accept-patch', 'retry-after'];

async function send() {
  // By number: a name may lead to ::1 once and to 127.0.0.1 the next time,
  // and the limiter would count two callers.
  const response = await fetch(`http://127.0.0.1:${port}${request.path}`, {
    method: request.method,
    headers: request.headers,
    body: request.body,
  });
  await response.text();
  const { status, headers } = response;
  const name = HEADERS.find((header) => headers.has(header));
  return { status, note: name ? `${name}: ${headers.get(name)}` : '' };
}

const steps: [status: number, fault: string, mend: () => void][] = [
  [
    401,
    'nobody knows who asks',
    () => (request.headers.authorization = 'Bearer clerk-token'),
  ],
  [404, 'the path is misspelt', () => (request.path = '/invoices/g1')],
  [405, 'the path has no PUT', () => (request.method = 'PATCH')],
  [
    403,
    'clerks may not',
    () => (request.headers.authorization = 'Bearer owner-token'),
  ],
  [
    415,
    'the body is called text',
    () => (request.headers['content-type'] = 'application/json'),
  ],
  [413, 'the body is too large', () => (request.body = '{"status": PAYED}')],
  [400, 'the body is not JSON', () => (request.body = '{"status":"PAYED"}')],
  [400, 'the status is no status', () => (request.body = '{"status":"PAID"}')],
  [404, "the invoice is another's", () => (request.path = '/invoices/a1')],
  [428, 'no version is named', () => (request.headers['if-match'] = '"0"')],
  [412, 'the version is old', () => (request.headers['if-match'] = '"1"')],
  [200, 'nothing is wrong', () => (request.headers['if-match'] = '"2"')],
  [409, 'it has been paid', () => (request.path = '/invoices/a2')],
];
for (const [expected, fault, mend] of steps) {
  const { status, note } = await send();
  console.log(`${status} ${fault.padEnd(25)} ${note}`.trimEnd());
  assert.equal(status, expected, fault);
  assert.equal(note !== '', [401, 405, 415].includes(status), fault);
  mend();
}

// Someone writes between the look and the write.
request.headers['if-match'] = '"1"';
meanwhile = async () => {
  await pool.query(`UPDATE status_codes_order.invoice
    SET euros = 13, version = version + 1 WHERE id = 'a2'`);
};
const late = await send();
console.log(String(late.status), 'somebody was faster');
assert.equal(late.status, 412);
assert.equal((await invoiceOf('acme', 'a2'))?.status, 'OPEN');

request.headers['if-match'] = '"2"';
rateServer.close();
await once(rateServer, 'close');
const down = await send();
console.log(String(down.status), 'a service is down'.padEnd(25), down.note);
assert.deepEqual(down, { status: 503, note: 'retry-after: 30' });

// A bug: a table that was renamed. The database's words stay in the log.
await pool.query('ALTER TABLE status_codes_order.invoice RENAME TO bill');
const bug = await send();
console.log(String(bug.status), 'our bug');
assert.equal(bug.status, 500);
assert.match(String(logged), /invoice.* does not exist/);
assert.equal(logged.length, 1);

const { status, note } = await send();
const retry = note.replace(/\d+/, 'n');
console.log(String(status), 'too many requests'.padEnd(25), retry);
assert.equal(status, 429);
assert.equal(retry, 'retry-after: n');

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA status_codes_order CASCADE');
await pool.end();
