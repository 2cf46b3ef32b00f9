import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type ErrorRequestHandler, type Request } from 'express';
import { z } from 'zod';
import { type Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.order.deleteMany();
await prisma.organisation.deleteMany();
await prisma.user.deleteMany();
const HASH = 'c0ffee42';
const ann = await prisma.user.create({
  data: { name: 'Ann', email: 'ann@example.com', passwordHash: HASH },
});
const eve = await prisma.user.create({
  data: { name: 'Eve', email: 'eve@example.com' },
});
const { id: organisationId } = await prisma.organisation.create({
  data: {
    slug: 'acme',
    name: 'Acme',
    memberships: { create: { userId: ann.id, role: 'OWNER' } },
  },
});
await prisma.order.createMany({
  data: [
    { organisationId, customerId: eve.id, totalCents: 4_900, status: 'PAID' },
    { organisationId, customerId: ann.id, totalCents: 129_900 },
  ],
});

/** Stands for a session: Eve is signed in. */
const callerOf = (_req: Request) => eve.id;

const app = express();
app.use(express.json());

// #region routes
const shown = { totalCents: true } satisfies Prisma.OrderSelect;

/** "Eve's orders, and whatever filter the page sends." */
app.post('/spread', async (req, res) => {
  const where = {
    customerId: callerOf(req),
    ...(req.body as Prisma.OrderWhereInput),
  };
  res.json(await prisma.order.findMany({ where, select: shown }));
});

/** Her orders only. But a filter may ask about all that they lead to. */
app.post('/and', async (req, res) => {
  const where = {
    AND: [{ customerId: callerOf(req) }, req.body as Prisma.OrderWhereInput],
  };
  res.json(await prisma.order.findMany({ where, select: shown }));
});

/** What may be asked is named, and is no Prisma filter. */
const Search = z.strictObject({
  status: z.enum(['PENDING', 'PAID', 'SHIPPED', 'CANCELLED']).optional(),
  minCents: z.int().min(0).max(2_147_483_647).default(0),
});

app.post('/schema', async (req, res) => {
  const { status, minCents } = Search.parse(req.body);
  const where = {
    customerId: callerOf(req),
    ...(status && { status }),
    totalCents: { gte: minCents },
  };
  res.json(await prisma.order.findMany({ where, select: shown }));
});
// #endregion routes

const badInput: ErrorRequestHandler = (error, _req, res, next) => {
  if (!(error instanceof z.ZodError)) return next(error);
  res.sendStatus(400);
};
app.use(badInput);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const Orders = z.array(z.object({ totalCents: z.int() }));

async function asked(path: string, body: unknown) {
  const response = await fetch(`http://localhost:${port}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) return String(response.status);
  const orders = Orders.parse(await response.json());
  const totals = orders.map(({ totalCents }) => totalCents);
  return totals.sort((a, b) => a - b).join('+') || 'none';
}

const hashStartsWith = (startsWith: string) => ({
  organisation: {
    memberships: { some: { user: { passwordHash: { startsWith } } } },
  },
});
const filters = {
  'status PAID': { status: 'PAID' },
  'customerId not me': { customerId: { not: eve.id } },
  'owner hash c...': hashStartsWith('c'),
  'owner hash d...': hashStartsWith('d'),
};
console.log('filter in the body   spread    and     schema');
const seen: string[][] = [];
for (const [what, filter] of Object.entries(filters)) {
  const answers = [
    await asked('spread', filter),
    await asked('and', filter),
    await asked('schema', filter),
  ];
  const [spread = '', and = '', schema = ''] = answers;
  console.log(what.padEnd(20), spread.padEnd(9), and.padEnd(7), schema);
  seen.push(answers);
}
assert.deepEqual(seen, [
  ['4900', '4900', '4900'],
  ['129900', 'none', '400'],
  ['4900', '4900', '400'],
  ['none', 'none', '400'],
]);
// An empty body is the list.
assert.equal(await asked('schema', {}), '4900');
assert.equal(await asked('schema', { minCents: 5_000 }), 'none');

// One bit for each request, from a list of one's own orders.
let guessed = '';
let requests = 0;
while (guessed.length < HASH.length && requests < 1_000) {
  for (const digit of '0123456789abcdef') {
    requests++;
    const answer = await asked('and', hashStartsWith(guessed + digit));
    if (answer === 'none') continue;
    guessed += digit;
    break;
  }
}
console.log();
console.log(`and: the owner's hash ${guessed} in ${requests} requests`);
assert.equal(guessed, HASH);

server.close();
await once(server, 'close');
await prisma.order.deleteMany();
await prisma.organisation.deleteMany();
await prisma.user.deleteMany();
await prisma.$disconnect();
