import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express from 'express';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

// A pool of one stands for a busy pool.
const prisma = new PrismaClient({
  adapter: new PrismaPg({
    connectionString: process.env.DATABASE_URL,
    max: 1,
  }),
  log: [{ emit: 'event', level: 'query' }],
  // Far more than needed, so that a slow machine prints the same.
  transactionOptions: { maxWait: 30_000, timeout: 60_000 },
});
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
const { id: customerId } = await prisma.user.create({
  data: { name: 'Ann', email: 'ann@example.com' },
});

let timeline: string[] = [];
prisma.$on('query', ({ query }) => {
  const [verb = ''] = query.split(' ');
  const [, table = ''] = /"public"\."(\w+)"/.exec(query) ?? [];
  timeline.push(`${verb} ${table}`.trim());
});

// The provider: while it works, another request of ours comes in.
const provider = express();
const charged = new Set<string>();
let askedInTime = false;
provider.post('/charges/:key', async (req, res) => {
  askedInTime = !timeline.includes('ROLLBACK');
  timeline.push('  provider is asked');
  const others = await prisma.session.count();
  assert.equal(others, 0);
  charged.add(req.params.key);
  timeline.push('  provider has charged');
  res.status(201).end();
});
const server = provider.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

// #region ways
const order = { organisationId, customerId, totalCents: 500 };

async function charge(key: string): Promise<void> {
  const response = await fetch(`http://localhost:${port}/charges/${key}`, {
    method: 'POST',
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`charge: ${response.status}`);
}

/** The transaction stays open for as long as the provider takes. */
function chargeInside(key: string, timeout: number) {
  return prisma.$transaction(
    async (tx) => {
      const { id: orderId } = await tx.order.create({ data: order });
      await charge(key);
      const paid = { orderId, idempotencyKey: key, amountCents: 500 };
      await tx.payment.create({ data: { ...paid, status: 'CAPTURED' } });
      await tx.order.update({
        where: { id: orderId },
        data: { status: 'PAID' },
      });
    },
    { timeout }, // by default 5,000
  );
}

/** The intention is committed first, and the outcome afterwards. */
async function chargeBetween(key: string) {
  // One nested write, so one transaction. A crash leaves it PENDING, with
  // the key under which asking the provider again charges nothing twice.
  const { id } = await prisma.order.create({
    data: {
      ...order,
      payments: { create: { idempotencyKey: key, amountCents: 500 } },
    },
  });
  await charge(key);
  await prisma.$transaction([
    prisma.payment.update({
      where: { idempotencyKey: key },
      data: { status: 'CAPTURED' },
    }),
    prisma.order.update({ where: { id }, data: { status: 'PAID' } }),
  ]);
}
// #endregion ways

const codeOf = (error: unknown) => {
  assert(error instanceof Prisma.PrismaClientKnownRequestError);
  return error.code;
};
// Once without the clock running: the first calls of a process are slow.
await charge('warm-up');
await prisma.order.delete({
  where: { id: (await prisma.order.create({ data: order })).id },
});

const seen: Record<string, string> = {};
const places: Record<string, number[]> = {};
for (const way of [chargeInside, chargeBetween]) {
  let told = '';
  // A slow machine may use up the time before the call: then with more.
  for (const timeout of [1_000, 10_000, 60_000]) {
    timeline = [];
    charged.clear();
    askedInTime = false;
    told = await way(`key-${way.name}`, timeout).then(() => 'fine', codeOf);
    if (askedInTime) break;
  }
  console.log(way.name);
  for (const event of timeline) console.log(' ', event);
  const paid = await prisma.order.count({ where: { status: 'PAID' } });
  const outcome = `told ${told}, ${charged.size} charged, ${paid} paid`;
  console.log(`  = ${outcome}`);
  seen[way.name] = outcome;
  places[way.name] = ['SELECT session', 'ROLLBACK', 'COMMIT'].map((event) =>
    timeline.indexOf(event),
  );
}
assert.deepEqual(seen, {
  chargeInside: 'told P2028, 1 charged, 0 paid',
  chargeBetween: 'told fine, 1 charged, 1 paid',
});
// The other request waited for a ROLLBACK, or for nothing but the COMMIT.
assert.deepEqual(places, {
  chargeInside: [3, 2, -1],
  chargeBetween: [5, -1, 3],
});

server.close();
await once(server, 'close');
await prisma.payment.deleteMany();
await prisma.order.deleteMany();
await prisma.user.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$disconnect();
