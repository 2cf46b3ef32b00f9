import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { PrismaClient, type Prisma } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
const app = express();
app.use(express.json());

// #region routes
/** The cast says that a string is there. Nothing checks it. */
app.get('/by-cast/me', async (req, res) => {
  const session = await prisma.session.findFirst({
    where: { tokenHash: req.query['token'] as string },
    include: { user: true },
  });
  res.status(session ? 200 : 401).json(session?.user.name);
});

app.post('/by-cast/sign-out', async (req, res) => {
  const { userId } = req.body as { userId: string };
  res.json(await prisma.session.deleteMany({ where: { userId } }));
});

/** The schema refuses what is not there, before there is a query. */
const Token = z.object({ token: z.string().min(1) });
const SignOut = z.strictObject({ userId: z.uuid() });

app.get('/by-schema/me', async (req, res) => {
  const { token } = Token.parse(req.query);
  const session = await prisma.session.findUnique({
    where: { tokenHash: token },
    include: { user: true },
  });
  res.status(session ? 200 : 401).json(session?.user.name);
});

app.post('/by-schema/sign-out', async (req, res) => {
  const { userId } = SignOut.parse(req.body);
  res.json(await prisma.session.deleteMany({ where: { userId } }));
});
// #endregion routes

const badInput: ErrorRequestHandler = (error, _req, res, next) => {
  if (!(error instanceof z.ZodError)) return next(error);
  res.status(400).json('bad input');
};
app.use(badInput);

/** Ann, Ben and Cem, with two sessions each. */
async function startAgain() {
  await prisma.user.deleteMany();
  for (const name of ['Ann', 'Ben', 'Cem']) {
    await prisma.user.create({
      data: {
        name,
        email: `${name}@example.com`,
        sessions: {
          create: [1, 2].map((n) => ({
            tokenHash: `${name}-${n}`,
            expiresAt: new Date('2999-01-01'),
          })),
        },
      },
    });
  }
  return prisma.user.findUniqueOrThrow({ where: { email: 'Ben@example.com' } });
}

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function send(path: string, body?: object) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  const answer = `${response.status} ${await response.text()}`.trim();
  const left = await prisma.session.count();
  const what = body ? `${path} ${Object.keys(body).join()}` : path;
  console.log(what.padEnd(30), answer.padEnd(16), `${left} sessions left`);
  return `${answer}, ${left}`;
}

const seen: string[] = [];
for (const way of ['by-cast', 'by-schema']) {
  const ben = await startAgain();
  for (const query of ['?token=Ben-1', '?token=wrong', '?tokn=Ben-1']) {
    seen.push(await send(`/${way}/me${query}`));
  }
  seen.push(await send(`/${way}/sign-out`, { userId: ben.id }));
  seen.push(await send(`/${way}/sign-out`, { userID: ben.id }));
}
assert.deepEqual(seen, [
  '200 "Ben", 6',
  '401, 6',
  // Nobody's token: the first session of the table opens the door.
  '200 "Ann", 6',
  '200 {"count":2}, 4',
  // A misspelt name signs everybody out.
  '200 {"count":4}, 0',
  '200 "Ben", 6',
  '401, 6',
  '400 "bad input", 6',
  '200 {"count":2}, 4',
  '400 "bad input", 4',
]);
console.log();

// What else means "no filter", and what means "no row".
await startAgain();
const name = undefined as unknown as string;
const filters: Record<string, Prisma.UserWhereInput> = {
  '{ name }': { name },
  '{ name: { not: name } }': { name: { not: name } },
  '{ name: { in: name } }': { name: { in: name as unknown as string[] } },
  '{ sessions: { some: { userId: name } } }': {
    sessions: { some: { userId: name } },
  },
  '{ NOT: { name } }': { NOT: { name } },
  '{ AND: [{ name }] }': { AND: [{ name }] },
  '{ OR: [{ name }] }': { OR: [{ name }] },
  '{ name: { in: [] } }': { name: { in: [] } },
};
console.log('with name = undefined'.padEnd(42), 'users of 3');
const matched: number[] = [];
for (const [text, where] of Object.entries(filters)) {
  const count = await prisma.user.count({ where });
  console.log(text.padEnd(42), String(count).padStart(10));
  matched.push(count);
}
assert.deepEqual(matched, [3, 3, 3, 3, 3, 3, 0, 0]);

// With exactOptionalPropertyTypes the compiler refuses the plain form ...
// @ts-expect-error undefined is not assignable to an optional filter
await prisma.user.findMany({ where: { name: undefined } });
// ... and findUnique refuses it when it runs.
await assert.rejects(prisma.user.findUnique({ where: { id: name } }), {
  name: 'PrismaClientValidationError',
});

server.close();
await once(server, 'close');
await prisma.user.deleteMany();
await prisma.$disconnect();
