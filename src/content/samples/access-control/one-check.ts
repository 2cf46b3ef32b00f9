import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type Request, type Response } from 'express';
import { PrismaClient } from '../prisma/client/client.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

const eve = await db.user.create({
  data: { name: 'Eve', email: 'eve@example.com' },
});
const ann = await db.user.create({
  data: { name: 'Ann', email: 'ann@example.com' },
});
// Eve works for acme, and runs a shop of her own, globex.
const acme = await db.organisation.create({
  data: {
    slug: 'acme',
    name: 'Acme',
    memberships: {
      create: [
        { userId: eve.id, role: 'ADMIN' },
        { userId: ann.id, role: 'ADMIN' },
      ],
    },
  },
});
await db.organisation.create({
  data: {
    slug: 'globex',
    name: 'Globex',
    memberships: { create: { userId: eve.id, role: 'OWNER' } },
  },
});
const place = (customerId: string, totalCents: number) =>
  db.order.create({
    data: { organisationId: acme.id, customerId, totalCents },
  });
const hers = await place(eve.id, 4_900);
const anns = await place(ann.id, 129_900);

/** Stands for a session: it says who calls, and nothing else. */
const userIdOf = (req: Request) => req.get('x-user-id') ?? '';

function notFound(res: Response) {
  res.sendStatus(404);
}

const app = express();

// #region routes
/** The caller's place in the organisation of the path; null: none. */
async function membershipOf(req: Request<{ org: string }>) {
  return db.membership.findFirst({
    where: { userId: userIdOf(req), organisation: { slug: req.params.org } },
  });
}

/** Checks the role, and trusts the id: no one can guess a UUID. */
app.get('/:org/orders/:id', async (req, res) => {
  const member = await membershipOf(req);
  if (!member) return notFound(res);
  const { id } = req.params;
  const order = await db.order.findUnique({ where: { id } });
  if (!order) return notFound(res);
  res.json(order);
});

/** Checks the object, and trusts the page: only staff see the button. */
app.post('/:org/orders/:id/paid', async (req, res) => {
  const member = await membershipOf(req);
  if (!member) return notFound(res);
  const { organisationId } = member;
  const { count } = await db.order.updateMany({
    where: { id: req.params.id, organisationId },
    data: { status: 'PAID' },
  });
  res.sendStatus(count === 1 ? 204 : 404);
});
// #endregion routes

/** Nothing wrong here: all orders for staff, their own for members. */
app.get('/:org/orders', async (req, res) => {
  const member = await membershipOf(req);
  if (!member) return notFound(res);
  const { organisationId, userId: customerId, role } = member;
  const own = role === 'MEMBER' ? { customerId } : {};
  res.json(await db.order.findMany({ where: { organisationId, ...own } }));
});

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** Asks as Eve; ids are random, so the line shows whose order it was. */
async function asEve(method: string, path: string, shown: string) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    headers: { 'x-user-id': eve.id },
  });
  const text = await response.text();
  console.log(`  ${method.padEnd(4)} ${shown.padEnd(27)} ${response.status}`);
  return { status: response.status, text };
}

console.log('Eve is ADMIN of acme');
const list = await asEve('GET', '/acme/orders', '/acme/orders');
assert.equal(list.status, 200);
// She may see them, and from now on she knows their ids.
assert(list.text.includes(anns.id));

const inAcme = {
  organisationId_userId: { organisationId: acme.id, userId: eve.id },
};
await db.membership.update({ where: inAcme, data: { role: 'MEMBER' } });
console.log('Eve is a MEMBER of acme');
const pay = await asEve(
  'POST',
  `/acme/orders/${hers.id}/paid`,
  '/acme/orders/<hers>/paid',
);
assert.equal(pay.status, 204);
const paid = await db.order.findUniqueOrThrow({ where: { id: hers.id } });
console.log('       her own order is now', paid.status);
assert.equal(paid.status, 'PAID');

await db.membership.delete({ where: inAcme });
console.log('Eve has left acme, and is OWNER of globex');
const shut = await asEve('GET', '/acme/orders', '/acme/orders');
assert.equal(shut.status, 404);
const direct = await asEve(
  'GET',
  `/acme/orders/${anns.id}`,
  "/acme/orders/<Ann's>",
);
assert.equal(direct.status, 404);
const stolen = await asEve(
  'GET',
  `/globex/orders/${anns.id}`,
  "/globex/orders/<Ann's>",
);
assert.equal(stolen.status, 200);
const order = JSON.parse(stolen.text) as typeof anns;
console.log("       Ann's order at acme: %d cents", order.totalCents);
assert.equal(order.organisationId, acme.id);

server.close();
await once(server, 'close');
await db.$disconnect();
