import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import express from 'express';
import { z } from 'zod';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.organisation.create({ data: { slug: 'acme', name: 'Acme' } });

// #region routes
const NewOrganisation = z.strictObject({
  slug: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().regex(/^\P{Cc}{1,100}$/u),
});

function organisationsApi(env: 'development' | 'production') {
  const app = express();
  app.set('env', env); // what NODE_ENV would say
  app.use(express.json());

  // One author answers what is missing with 200.
  app.get('/organisations/:slug', async (req, res) => {
    const { slug } = req.params;
    const found = await prisma.organisation.findUnique({ where: { slug } });
    res.json(found ?? { error: 'organisation not found' });
  });

  // Another sends on whatever was caught.
  app.post('/organisations', async (req, res) => {
    const body = NewOrganisation.safeParse(req.body);
    if (!body.success) {
      res.status(400).json(z.flattenError(body.error));
      return;
    }
    try {
      const made = await prisma.organisation.create({ data: body.data });
      res.status(201).json(made);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      res.status(500).json({ message });
    }
  });

  // A third leaves the bug, and its answer, to Express.
  app.get('/statistics', async (_req, res) => {
    res.json(await prisma.$queryRaw`SELECT count(slgu) FROM organisation`);
  });
  return app;
}
// #endregion routes

const post = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
});
const ACME = '{"slug":"acme","name":"Acme"}';
const requests: [name: string, path: string, init?: RequestInit][] = [
  ['unknown slug', '/organisations/nobody'],
  ['invalid body', '/organisations', post('{"slug":"Acme!"}')],
  ['taken slug', '/organisations', post(ACME)],
  ['broken JSON', '/organisations', post('{"password":"correct horse",}')],
  ['200 kB body', '/organisations', post(`{"name":"${'x'.repeat(2e5)}"}`)],
  ['broken escape', '/organisations/%E0%A4%A'],
  ['bug in SQL', '/statistics'],
  ['unknown path', '/organisation'],
  ['wrong method', '/organisations', { method: 'DELETE' }],
];

/** What an answer tells about the inside of the server. */
function leaksOf(text: string): string {
  const leaks = [];
  if (/invocation|constraint|does not exist/.test(text)) leaks.push('driver');
  if (/\bat .+:\d+:\d+/.test(text)) leaks.push('stack');
  return leaks.join(', ') || '-';
}

/** The media type, and the members that a client could read. */
function shapeOf(type: string | null, text: string): string {
  if (!type?.includes('json')) return type?.replace(/;.*/, '') ?? 'none';
  return `{${Object.keys(z.looseObject({}).parse(JSON.parse(text))).join()}}`;
}

// Express logs to stderr by itself. Collected, to see what it keeps.
const logged: string[] = [];
console.error = (...parts: unknown[]) => logged.push(inspect(parts));

const answers = new Map<string, string[]>();
const shapes = new Set<string>();
for (const env of ['development', 'production'] as const) {
  const server = organisationsApi(env).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const [name, path, init] of requests) {
    const response = await fetch(`http://localhost:${port}${path}`, init);
    const text = await response.text();
    const shape = shapeOf(response.headers.get('content-type'), text);
    shapes.add(shape);
    const row = answers.get(name) ?? [String(response.status), shape];
    assert.deepEqual(row.slice(0, 2), [String(response.status), shape]);
    answers.set(name, [...row, leaksOf(text)]);
  }
  server.close();
  await once(server, 'close');
}

const line = (name: string, cells: string[]) => {
  const [status = '', shape = '', development = '', production = ''] = cells;
  console.log(
    name.padEnd(13),
    status.padEnd(6),
    shape.padEnd(24),
    development.padEnd(13),
    production,
  );
};
line('', ['status', 'body', 'leaks (dev)', 'leaks (prod)']);
for (const [name, cells] of answers) line(name, cells);
const leaking = (column: number) =>
  [...answers.values()].filter((cells) => cells[column] !== '-').length;
console.log(
  `${answers.size} errors, ${shapes.size} shapes,`,
  `${leaking(2)} leak in development, ${leaking(3)} in production`,
);
assert.equal(shapes.size, 4);
assert.equal(leaking(2), 5);
assert.equal(leaking(3), 1);
assert.equal(answers.get('unknown slug')?.[0], '200');
assert.equal(answers.get('wrong method')?.[0], '404');

// The parser keeps the text that it could not parse, and Express logs it all.
const secret = logged.filter((entry) => entry.includes('correct horse'));
console.log(`passwords sent: 2, logged: ${secret.length}`);
assert.equal(secret.length, 2);

await prisma.$disconnect();
