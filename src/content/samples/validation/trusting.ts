import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { z } from 'zod';
import { PrismaClient } from '../prisma/client/client.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

/**
 * Ann is signed in. For brevity the token stands in the table as it is, and
 * nobody asks who may change her profile.
 */
async function startAgain(): Promise<string> {
  await db.session.deleteMany();
  await db.user.deleteMany();
  const token = randomBytes(32).toString('base64url');
  await db.user.create({
    data: {
      email: 'ann@example.com',
      name: 'Ann',
      sessions: {
        create: {
          tokenHash: token,
          expiresAt: new Date(Date.now() + 3_600_000),
        },
      },
    },
  });
  return token;
}

// #region routes
/** Types are a promise that nobody keeps: the body is what was sent. */
function trusting(app: Express) {
  app.post('/session', async (req, res) => {
    const { token } = req.body as { token: string };
    const session = await db.session.findFirst({
      where: { tokenHash: token, expiresAt: { gt: new Date() } },
      include: { user: true },
    });
    res.status(session ? 200 : 401).json({ email: session?.user.email });
  });
  app.patch('/users/:email', async (req, res) => {
    const { email } = req.params;
    const data = req.body as { name: string };
    const user = await db.user.update({ where: { email }, data });
    res.json({ email: user.email, name: user.name });
  });
}

const Login = z.strictObject({ token: z.string().length(43) });
const Address = z.object({ email: z.email().max(254) });
const Profile = z.strictObject({ name: z.string().regex(/^\P{Cc}{1,100}$/u) });

/** Parsed at the edge: what is behind has the type that it claims. */
function parsing(app: Express) {
  app.post('/session', async (req, res) => {
    const { token } = Login.parse(req.body);
    const session = await db.session.findFirst({
      where: { tokenHash: token, expiresAt: { gt: new Date() } },
      include: { user: true },
    });
    res.status(session ? 200 : 401).json({ email: session?.user.email });
  });
  app.patch('/users/:email', async (req, res) => {
    const { email } = Address.parse(req.params);
    const data = Profile.parse(req.body);
    const user = await db.user.update({ where: { email }, data });
    res.json({ email: user.email, name: user.name });
  });
}
// #endregion routes

/** All that these routes parse is a request. */
const lastResort: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  res.status(error instanceof z.ZodError ? 400 : 500).json({});
};

const Answer = z.object({ email: z.string().optional() });

async function answersOf(routes: (app: Express) => void) {
  const app = express();
  app.use(express.json());
  routes(app);
  app.use(lastResort);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const token = await startAgain();
  const found: string[] = [];
  const ask = async (method: string, path: string, body: object) => {
    const response = await fetch(`http://localhost:${port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { email = '' } = Answer.parse(await response.json());
    found.push(`${response.status} ${email}`.trim());
  };
  await ask('POST', '/session', { token });
  await ask('POST', '/session', { token: 'x'.repeat(43) });
  await ask('POST', '/session', { token: { not: '' } });
  await ask('POST', '/session', {});
  const profile = '/users/ann@example.com';
  await ask('PATCH', profile, { name: 'Anne' });
  await ask('PATCH', profile, { name: 'A', email: 'root@example.com' });
  server.close();
  await once(server, 'close');
  return found;
}

const bad = await answersOf(trusting);
const good = await answersOf(parsing);
const requests = [
  "POST  Ann's token",
  'POST  a wrong token',
  'POST  {"token":{"not":""}}',
  'POST  {}',
  'PATCH {"name":"Anne"}',
  'PATCH {"email":"root@..."}',
];
console.log('request'.padEnd(29), 'as sent'.padEnd(19), 'parsed');
for (const [i, request] of requests.entries()) {
  console.log(request.padEnd(29), bad[i]?.padEnd(19), good[i]);
}
const ANN = '200 ann@example.com';
assert.deepEqual(bad, [ANN, '401', ANN, ANN, ANN, '200 root@example.com']);
assert.deepEqual(good, [ANN, '401', '400', '400', ANN, '400']);

await db.session.deleteMany();
await db.user.deleteMany();
await db.$disconnect();
