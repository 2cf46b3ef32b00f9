import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Request } from 'express';
import { z } from 'zod';

// #region edge
/** Parsed once, before anything listens; nobody else reads process.env. */
const Env = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(65_535)),
  PAYMENT_KEY: z.string().min(32),
});

/** All that a client sends to this route, in one schema. */
const Booking = z.object({
  params: z.strictObject({ room: z.string().regex(/^[a-z]\d{1,3}$/) }),
  query: z.strictObject({ dryRun: z.stringbool().default(false) }),
  // Of the headers only those that the route uses: the rest is stripped.
  headers: z.object({ 'idempotency-key': z.uuid().toLowerCase() }),
  body: z
    .strictObject({
      from: z.iso.date(),
      to: z.iso.date(),
      guests: z.int().min(1).max(8),
      note: z
        .string()
        .max(500, { abort: true })
        .regex(/^[\P{Cc}\n]*$/u, 'has control characters')
        .optional(),
    })
    // What no single member can be wrong about. Dates of this form sort.
    .refine(({ from, to }) => from < to, {
      path: ['to'],
      error: 'must be after `from`',
    }),
});

class InvalidRequest extends Error {
  readonly errors: { in: string; at: string; detail: string }[];
  constructor({ issues }: z.ZodError) {
    super('The request is not valid');
    const faults = issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            path: [...issue.path, key],
            detail: 'unknown',
          }))
        : { path: issue.path, detail: issue.message },
    );
    this.errors = faults.slice(0, 20).map(({ path, detail }) => {
      const [source, ...rest] = path.map(String);
      return { in: source ?? '', at: rest.join('.'), detail };
    });
  }
}

/** What a client sent, with the types that the schema promises. */
function parsed<T>(schema: z.ZodType<T>, req: Request<never>): T {
  const { params, query, headers } = req;
  const body: unknown = req.body;
  const result = schema.safeParse({ params, query, headers, body });
  if (!result.success) throw new InvalidRequest(result.error);
  return result.data;
}
// #endregion edge

const app = express();
app.use(express.json());

app.post('/rooms/:room/bookings', (req: Request<never>, res) => {
  const { params, query, body } = parsed(Booking, req);
  res.status(query.dryRun ? 200 : 201).json({ ...params, ...body });
});

// As Express 4 allowed it, and as many validating middlewares still do.
const Page = z.object({ limit: z.coerce.number() });
app.get('/assigned', (req, res) => {
  // @ts-expect-error: TypeScript sees the type, not the getter.
  req.query = Page.parse(req.query);
  res.json({});
});
app.get('/mutated', (req, res) => {
  Object.assign(req.query, Page.parse(req.query));
  res.json({ limit: req.query.limit });
});

let lastError = '';
const lastResort: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  res.type('application/problem+json');
  if (error instanceof InvalidRequest) {
    const { message: title, errors } = error;
    const type = 'https://api.example.com/problems/invalid-request';
    return void res.status(400).json({ type, title, status: 400, errors });
  }
  lastError = String(error);
  const title = 'Internal Server Error';
  res.status(500).json({ type: 'about:blank', title, status: 500 });
};
app.use(lastResort);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const origin = `http://localhost:${port}`;

const KEY = '0198a000-0000-7000-8000-000000000000';
const good = {
  from: '2026-12-01',
  to: '2026-12-04',
  guests: 2,
  note: 'Late.\nAfter ten.',
};
async function book(path: string, body: unknown, key = KEY) {
  const response = await fetch(`${origin}/rooms/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const { errors = [] } = z
    .object({
      errors: z.array(z.object({ in: z.string(), at: z.string() })).optional(),
    })
    .parse(await response.json());
  const where = errors.map((error) => `${error.in}:${error.at}`);
  return [response.status, ...where].join(' ');
}

const requests: [name: string, expected: string, answer: Promise<string>][] = [
  ['as it should be', '201', book('a7/bookings', good)],
  ['dryRun=false', '201', book('a7/bookings?dryRun=false', good)],
  ['dryRun=true', '200', book('a7/bookings?dryRun=true', good)],
  [
    'dryRun twice',
    '400 query:dryRun',
    book('a7/bookings?dryRun=true&dryRun=false', good),
  ],
  ['dryRun[x]=1', '400 query:dryRun[x]', book('a7/bookings?dryRun[x]=1', good)],
  [
    'no body',
    '400 body:from body:to body:guests',
    book('a7/bookings', undefined),
  ],
  [
    'backwards',
    '400 body:to',
    book('a7/bookings', { ...good, to: '2026-11-30' }),
  ],
  [
    'no day, and backwards',
    '400 body:from body:to',
    book('a7/bookings', { ...good, from: '2026-02-30', to: '2026-01-01' }),
  ],
  [
    'the 30th of February',
    '400 body:from',
    book('a7/bookings', { ...good, from: '2026-02-30' }),
  ],
  [
    'six faults',
    '400 params:room headers:idempotency-key ' +
      'body:to body:guests body:note body:price',
    book(
      'A7/bookings',
      { from: good.from, guests: '2', note: '\0', price: 0 },
      'once',
    ),
  ],
];
for (const [name, expected, answer] of requests) {
  const found = await answer;
  const [status = '', ...where] = found.split(' ');
  const first = where.slice(0, 2).join(' ');
  console.log(`${name.padEnd(21)} ${status} ${first}`.trimEnd());
  for (let i = 2; i < where.length; i += 2) {
    console.log(' '.repeat(25), where.slice(i, i + 2).join(' '));
  }
  assert.equal(found, expected);
}

const assigned = await fetch(`${origin}/assigned?limit=5`);
await assigned.text();
const mutated = await fetch(`${origin}/mutated?limit=5`);
console.log('req.query = parsed'.padEnd(21), assigned.status);
console.log(' ', lastError.replace(/ of .* which/, ' which'));
console.log('req.query.limit = 5'.padEnd(21), await mutated.text());
assert.match(lastError, /TypeError: Cannot set property query/);
assert.equal(assigned.status, 500);

// A server that lacks a setting must not start, and must not print others.
const secret = 'sk_live_51f0';
const env = Env.safeParse({ PORT: '80a', PAYMENT_KEY: secret });
const report = env.error ? z.prettifyError(env.error) : '';
console.log('environment');
for (const line of report.split('\n')) console.log(' ', line);
assert.match(report, /PORT[^]*PAYMENT_KEY/);
assert(!report.includes(secret) && !report.includes('80a'));
assert(Env.safeParse({ PORT: '80', PAYMENT_KEY: 'k'.repeat(32) }).success);

server.close();
await once(server, 'close');
