import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, {
  type ErrorRequestHandler,
  type RequestHandler,
} from 'express';
import { z } from 'zod';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';
import {
  bodyOf,
  identify,
  Problem,
  problemHandler,
  type LogEntry,
} from './problem.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.organisation.create({ data: { slug: 'acme', name: 'Acme' } });
const logged: LogEntry[] = [];
const log = (entry: LogEntry) => void logged.push(entry);

// Faults that a careless handler shows, or blames on the client.
const faults = express.Router();
faults.get('/statistics', async (_req, res) => {
  res.json(await prisma.$queryRaw`SELECT count(slgu) FROM organisation`);
});
faults.get('/rates', () => {
  throw Object.assign(new Error('upstream said 404'), { status: 404 });
});
faults.get('/prices', () => {
  z.object({ price: z.number() }).parse({ cost: 'the cache holds this' });
});
faults.get('/cached', (_req, res) => {
  res.set({ 'Cache-Control': 'public, max-age=3600', ETag: '"v1"' });
  // Whoever decodes the answer fails if this is left.
  res.set('Content-Encoding', 'gzip');
  throw new Error('after the headers were set');
});
faults.get('/shipped', () => {
  throw new Problem(409, { status: 'SHIPPED' });
});
faults.get('/export', (_req, res) => {
  res.write('slug,name\n');
  throw new Error('after the first row was sent');
});

// #region app
const Slug = z.string().regex(/^[a-z0-9-]{1,40}$/, 'Must be like acme-2');
const Name = z
  .string()
  .regex(/^\P{Cc}{1,100}$/u, 'Must be 1 to 100 characters');
const NewOrganisation = z.strictObject({ slug: Slug, name: Name });

/** Ends a route: without it a wrong method is a 404. */
const only =
  (...methods: string[]): RequestHandler =>
  (req, res) => {
    res.set('Allow', methods.join(', '));
    if (req.method !== 'OPTIONS') throw new Problem(405);
    res.status(204).end();
  };

/** Known only here: which constraint this insert can break. */
function takenOrElse(error: unknown): never {
  const isTaken =
    error instanceof Prisma.PrismaClientKnownRequestError &&
    error.code === 'P2002';
  throw isTaken ? new Problem('slug-taken', {}, { cause: error }) : error;
}

const app = express();
app.use(identify, express.json());

app
  .route('/organisations')
  .post(async (req, res) => {
    const data = bodyOf(NewOrganisation, req.body);
    const made = await prisma.organisation.create({ data }).catch(takenOrElse);
    res.status(201).json(made);
  })
  .all(only('POST'));

app
  .route('/organisations/:slug')
  .get(async (req, res) => {
    const slug = Slug.safeParse(req.params.slug).data;
    const found =
      slug && (await prisma.organisation.findUnique({ where: { slug } }));
    if (!found) throw new Problem(404, { detail: 'No organisation has it.' });
    res.json(found);
  })
  .all(only('GET', 'HEAD'));

app.use(faults);

// The last two: what no route has answered, and what any of them threw.
app.use(() => {
  throw new Problem(404);
});
app.use(problemHandler(log));
// #endregion app

// Stands where Express has its own handler, to see what is passed on to it.
const passedOn: unknown[] = [];
const afterwards: ErrorRequestHandler = (error, _req, res, _next) => {
  passedOn.push(error);
  res.end();
};
app.use(afterwards);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ask = (path: string, init?: RequestInit) =>
  fetch(`http://localhost:${port}${path}`, init);

const Answer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string().optional(),
  instance: z.string().regex(/^urn:uuid:[\da-f-]{36}$/),
  errors: z.array(z.object({ pointer: z.string() })).optional(),
});
const post = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
});
const ACME = '{"slug":"acme","name":"Acme"}';
const ALL = '/organisations';
const requests: [string, string, path: string, init?: RequestInit][] = [
  ['unknown slug', '404 about:blank', `${ALL}/nobody`],
  ['NUL in slug', '404 about:blank', `${ALL}/%00`],
  ['broken escape', '400 about:blank', `${ALL}/%E0%A4%A`],
  ['invalid body', '400 invalid-body', ALL, post('{"slug":"A","vip":true}')],
  ['no body', '400 invalid-body', ALL, { method: 'POST' }],
  ['hostile keys', '400 invalid-body', ALL, post('{"a/b~":1,"\\ud83d":1}')],
  ['broken JSON', '400 about:blank', ALL, post('{"pass":"correct horse",}')],
  ['200 kB body', '413 about:blank', ALL, post(`"${'x'.repeat(2e5)}"`)],
  ['taken slug', '409 slug-taken', ALL, post(ACME)],
  ['unknown path', '404 about:blank', '/organisation'],
  ['wants HTML', '404 about:blank', '/', { headers: { accept: 'text/html' } }],
  ['wrong method', '405 about:blank', ALL, { method: 'DELETE' }],
  ['bug in SQL', '500 about:blank', '/statistics'],
  ['upstream 404', '500 about:blank', '/rates'],
  ['our ZodError', '500 about:blank', '/prices'],
  ['cacheable', '500 about:blank', '/cached'],
  ['own status', '409 about:blank', '/shipped'],
];

const contentTypes = new Set<string | null>();
const notes = new Map<string, string>();
for (const [name, expected, path, init] of requests) {
  const response = await ask(path, init);
  const text = await response.text();
  const answer = Answer.parse(JSON.parse(text));
  const kind = `${response.status} ${answer.type.replace(/.*\//, '')}`;
  const note = noteOn(response, answer);
  console.log(name.padEnd(14), kind.padEnd(17), note);
  notes.set(name, note);
  contentTypes.add(response.headers.get('content-type'));

  assert.equal(kind, expected);
  assert.equal(answer.status, response.status);
  assert.doesNotMatch(text, /invocation|slgu|upstream|price|after|:\d+:/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.notEqual(response.headers.get('etag'), '"v1"');
  const entry = logged.at(-1);
  assert.equal(answer.instance, `urn:uuid:${entry?.requestId}`);
  assert.equal(entry?.error !== undefined, answer.status >= 500);
}

/** What else a client can use. */
function noteOn(response: Response, answer: z.infer<typeof Answer>): string {
  const allow = response.headers.get('allow');
  const pointers = answer.errors?.map((error) => error.pointer).join(' ');
  return pointers ?? (allow ? `Allow: ${allow}` : (answer.detail ?? '-'));
}

assert.deepEqual(
  [...contentTypes],
  ['application/problem+json; charset=utf-8'],
);
assert.equal(notes.get('wrong method'), 'Allow: POST');
assert.equal(notes.get('broken JSON'), 'The body is not JSON.');
const pointers = '#/slug #/name #/a~1b~0 #/%EF%BF%BD';
assert.equal(notes.get('hostile keys'), pointers);
const ids = new Set(logged.map((entry) => entry.requestId));
assert.equal(ids.size, requests.length);
const unforeseen = logged.filter((entry) => entry.error);
console.log(`${requests.length} errors, ${contentTypes.size} content type`);
console.log(`${unforeseen.length} stacks, all of them in the log`);
assert.match(unforeseen[0]?.error ?? '', /slgu/);
assert(!JSON.stringify(logged).includes('correct horse'));

// The limit of that: a message is part of its stack, and may quote values.
const user = { email: 'a@example.com', name: 'A', passwordHash: 'a hash' };
const data = { ...user, unknown: 1 };
const quoting: unknown = await prisma.user.create({ data }).catch(String);
assert.match(String(quoting), /ValidationError[^]*passwordHash: "a hash"/);

const options = await ask('/organisations', { method: 'OPTIONS' });
assert.equal(options.status, 204);
assert.equal(options.headers.get('allow'), 'POST');

// No second answer into a first that is half sent.
assert.deepEqual(passedOn, []);
const half = await ask('/export');
assert.equal(await half.text(), 'slug,name\n');
assert.match(String(passedOn), /after the first row/);
assert.match(logged.at(-1)?.error ?? '', /after the first row/);

server.close();
await once(server, 'close');
await prisma.$disconnect();
