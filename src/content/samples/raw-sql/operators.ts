import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.user.deleteMany();
const token = '5eed1e55';
await prisma.user.create({
  data: {
    name: 'Ann',
    email: 'ann@example.com',
    sessions: {
      create: { tokenHash: token, expiresAt: new Date('2999-01-01') },
    },
  },
});

const app = express();
app.use(express.json());

// #region routes
/** The body decides what kind of filter this is. */
app.post('/by-body', async (req, res) => {
  const { token } = req.body as { token: string };
  const session = await prisma.session.findFirst({
    where: { tokenHash: token, expiresAt: { gt: new Date() } },
    include: { user: true },
  });
  if (!session) return res.status(401).json({ name: null });
  return res.json({ name: session.user.name });
});

/** A string, or no query at all. */
const Body = z.strictObject({ token: z.string().min(1).max(100) });

app.post('/by-schema', async (req, res) => {
  const { token } = Body.parse(req.body);
  const session = await prisma.session.findUnique({
    where: { tokenHash: token, expiresAt: { gt: new Date() } },
    include: { user: true },
  });
  if (!session) return res.status(401).json({ name: null });
  return res.json({ name: session.user.name });
});
// #endregion routes

const badInput: ErrorRequestHandler = (error, _req, res, next) => {
  if (!(error instanceof z.ZodError)) return next(error);
  res.status(400).json({ name: null });
};
app.use(badInput);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const Answer = z.object({ name: z.string().nullable() });

async function ask(path: string, token: unknown) {
  const response = await fetch(`http://localhost:${port}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  const { name } = Answer.parse(await response.json());
  return name ? `${response.status} ${name}` : String(response.status);
}

const tokens = {
  'the right token': token,
  'a wrong token': 'no token',
  '{ "not": "" }': { not: '' },
  '{ "startsWith": "5" }': { startsWith: '5' },
  '{ "contains": "%" }': { contains: '%' },
};
const seen: Record<string, string[]> = {};
console.log('token'.padEnd(24), 'by-body  by-schema');
for (const [what, sent] of Object.entries(tokens)) {
  const answers = [await ask('by-body', sent), await ask('by-schema', sent)];
  console.log(
    what.padEnd(24),
    answers
      .map((a) => a.padEnd(8))
      .join(' ')
      .trim(),
  );
  seen[what] = answers;
}
assert.deepEqual(Object.values(seen), [
  ['200 Ann', '200 Ann'],
  ['401', '401'],
  ['200 Ann', '400'],
  ['200 Ann', '400'],
  ['200 Ann', '400'],
]);
// Even without a schema, findUnique takes a string and no operators.
await assert.rejects(
  prisma.session.findUnique({
    where: { tokenHash: { not: '' } as unknown as string },
  }),
  { name: 'PrismaClientValidationError' },
);

// The whole token, one character after the other.
let guessed = '';
let requests = 0;
while (guessed.length < token.length && requests < 1_000) {
  for (const digit of '0123456789abcdef') {
    requests++;
    const answer = await ask('by-body', { startsWith: guessed + digit });
    if (answer === '401') continue;
    guessed += digit;
    break;
  }
}
console.log();
console.log(`by-body: the token ${guessed} in ${requests} requests`);
assert.equal(guessed, token);

server.close();
await once(server, 'close');
await prisma.user.deleteMany();
await prisma.$disconnect();
