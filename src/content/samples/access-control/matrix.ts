import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { PrismaClient, Role } from '../prisma/client/client.ts';
import { guardedRoutes, hashOf, problem, type Actor } from './guard.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

// #region routes
const { route, guard, declared } = guardedRoutes(db);
const STAFF: readonly Role[] = ['OWNER', 'ADMIN'];
const EVERYONE: readonly Role[] = [...STAFF, 'MEMBER'];

/** The orders that an actor may know of. A role added later: its own. */
const visibleTo = ({ userId, organisationId, role }: Actor) =>
  STAFF.includes(role)
    ? { organisationId }
    : { organisationId, customerId: userId };

const SHOWN = { id: true, status: true, totalCents: true } as const;
// In one spelling: PostgreSQL reads capitals as the same id, `===` does not.
const Id = z.object({ id: z.uuid().toLowerCase() });
const Shipment = z.strictObject({ status: z.enum(['SHIPPED', 'CANCELLED']) });
const Promotion = z.strictObject({ role: z.enum(Role) });

route('get', '/orders', EVERYONE, async (actor, _req, res) => {
  const orders = await db.order.findMany({
    where: visibleTo(actor),
    select: SHOWN,
    orderBy: { id: 'desc' },
    take: 100,
  });
  res.json(orders);
});

route('get', '/orders/:id', EVERYONE, async (actor, req, res) => {
  const { id } = Id.parse(req.params);
  const where = { id, ...visibleTo(actor) };
  const order = await db.order.findUnique({ where, select: SHOWN });
  if (!order) return problem(res, 404);
  res.json(order);
});

route('patch', '/orders/:id', STAFF, async (actor, req, res) => {
  const { id } = Id.parse(req.params);
  const data = Shipment.parse(req.body);
  const where = { id, ...visibleTo(actor) };
  const { count } = await db.order.updateMany({ where, data });
  if (count === 0) return problem(res, 404);
  res.sendStatus(204);
});

route('patch', '/members/:id', ['OWNER'], async (actor, req, res) => {
  const { id: userId } = Id.parse(req.params);
  const data = Promotion.parse(req.body);
  // Nobody changes their own role.
  if (userId === actor.userId) return problem(res, 403);
  const where = { userId, organisationId: actor.organisationId };
  const { count } = await db.membership.updateMany({ where, data });
  if (count === 0) return problem(res, 404);
  res.sendStatus(204);
});
// #endregion routes

const Status = z.object({ status: z.number().min(400).max(499) });

/** Express 5 brings rejected handlers here. */
const lastResort: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  if (error instanceof z.ZodError) return problem(res, 400);
  // What express.json() refuses carries its status: a 400, or a 413.
  const { status } = Status.catch({ status: 500 }).parse(error);
  if (status === 500) console.error(error);
  problem(res, status);
};

const app = express();
app.use(express.json());
app.use(guard);
// Somebody adds a route in the usual way, and forgets the guard.
app.get('/:org/export', async (_req, res) => {
  res.json(await db.order.findMany());
});
app.use(lastResort);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

// Two tenants, one person of each role in both, one order of each person.
type Person = { id: string; token: string; orderId: string };
const people = new Map<string, Person>();
for (const [slug, names] of [
  ['acme', ['olga', 'adam', 'mia']],
  ['globex', ['otto', 'anna', 'max']],
] as const) {
  const { id: organisationId } = await db.organisation.create({
    data: { slug, name: slug },
  });
  for (const [i, role] of EVERYONE.entries()) {
    const name = names[i];
    assert(name);
    const token = randomUUID();
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { id } = await db.user.create({
      data: {
        name,
        email: `${name}@example.com`,
        memberships: { create: { organisationId, role } },
        sessions: { create: { tokenHash: hashOf(token), expiresAt } },
      },
    });
    const { id: orderId } = await db.order.create({
      data: { organisationId, customerId: id, totalCents: 4_900 },
    });
    people.set(name, { id, token, orderId });
  }
}

/** The policy and its test: `<mia>` is her id, or that of her order. */
const MATRIX = `
GET   /acme/orders           401  200 200 200  404 404 404
GET   /acme/orders/<mia>     401  200 200 200  404 404 404
GET   /acme/orders/<adam>    401  200 200 404  404 404 404
GET   /acme/orders/<nobody>  401  404 404 404  404 404 404
GET   /globex/orders/<mia>   401  404 404 404  404 404 404
PATCH /acme/orders/<mia>     401  204 204 403  404 404 404
PATCH /acme/orders/<nobody>  401  404 404 403  404 404 404
PATCH /globex/orders/<mia>   401  404 404 404  404 404 403
PATCH /acme/members/<mia>    401  204 403 403  404 404 404
PATCH /acme/members/<olga>   401  403 403 403  404 404 404
PATCH /globex/members/<mia>  401  404 404 404  404 403 403
`;
const CALLERS = ['', 'olga', 'adam', 'mia', 'otto', 'anna', 'max'];
const BODIES = { orders: { status: 'SHIPPED' }, members: { role: 'ADMIN' } };

const TWIN: Record<string, string> = {
  acme: 'globex',
  olga: 'otto',
  adam: 'anna',
  mia: 'max',
  globex: 'acme',
  otto: 'olga',
  anna: 'adam',
  max: 'mia',
};

/** The same with the two tenants exchanged. */
const mirrored = (text: string) =>
  text.replace(/\w+/g, (word) => TWIN[word] ?? word);

async function ask(method: string, path: string, as: string, body?: object) {
  const nobody = { id: randomUUID(), orderId: randomUUID() };
  const url = path.replace(/<(\w+)>/, (_, name: string) => {
    const { id, orderId } = people.get(name) ?? nobody;
    return path.includes('/orders/') ? orderId : id;
  });
  const response = await fetch(`http://localhost:${port}${url}`, {
    method,
    headers: {
      authorization: `Bearer ${people.get(as)?.token ?? 'of nobody'}`,
      'content-type': 'application/json',
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  const challenge = response.headers.has('www-authenticate');
  assert.equal(challenge, response.status === 401);
  return { status: response.status, text: await response.text() };
}

const state = async () => ({
  orders: await db.order.findMany({ orderBy: { id: 'asc' } }),
  memberships: await db.membership.findMany({ orderBy: { userId: 'asc' } }),
});
const start = await state();

/** Whether anything was written; if so, all is put back. */
async function wroteSomething(): Promise<boolean> {
  if (isDeepStrictEqual(await state(), start)) return false;
  await db.order.deleteMany();
  await db.order.createMany({ data: start.orders });
  await db.membership.deleteMany();
  await db.membership.createMany({ data: start.memberships });
  return true;
}

console.log(' '.repeat(29) + 'none acme         globex');
console.log(' '.repeat(34) + 'own adm mem  own adm mem');
const asked = new Set<string>();
const hidden = new Set<string>();
for (const line of MATRIX.trim().split('\n')) {
  const [method = '', path = '', ...expected] = line.split(/ +/);
  asked.add(`${method} ${path.replace(/\w+/, ':org').replace(/<\w+>/, ':id')}`);
  for (const side of [(text: string) => text, mirrored]) {
    const found: string[] = [];
    for (const caller of CALLERS) {
      const body = path.includes('/orders') ? BODIES.orders : BODIES.members;
      const answer = await ask(method, side(path), side(caller), body);
      found.push(String(answer.status));
      if (answer.status === 404) hidden.add(answer.text);
      // A refusal that has written something first is no refusal.
      assert.equal(await wroteSomething(), answer.status === 204);
    }
    const [none, a, b, c, ...others] = found;
    const row = [none, '', a, b, c, '', ...others].join(' ');
    if (side !== mirrored) {
      console.log(`${method.padEnd(5)} ${path.padEnd(22)} ${row}`);
    }
    assert.deepEqual(found, expected, `${method} ${side(path)}`);
  }
}
// A route that the matrix does not ask for fails here.
assert.deepEqual([...asked].sort(), [...new Set(declared)].sort());
// What belongs to others and what does not exist: the same to the byte.
assert.equal(hidden.size, 1);

console.log();
const show = (what: string, found: unknown) =>
  console.log(what.padEnd(31), found);
for (const [name, count] of [
  ['olga', 3],
  ['adam', 3],
  ['mia', 1],
] as const) {
  const { text } = await ask('GET', '/acme/orders', name);
  const list = JSON.parse(text) as { id: string }[];
  show(`orders in the list of ${name}`, list.length);
  assert.equal(list.length, count);
  // Whoever sees one order sees their own; nobody sees globex's.
  assert(list.some(({ id }) => id === people.get(name)?.orderId));
  assert(!text.includes(people.get('max')?.orderId ?? ''));
}

const extra = { status: 'SHIPPED', totalCents: 0 };
const free = await ask('PATCH', '/acme/orders/<mia>', 'olga', extra);
show('owner sends totalCents, too', free.status);
assert.equal(free.status, 400);
const olga = people.get('olga')?.id.toUpperCase();
const self = await ask(
  'PATCH',
  `/acme/members/${olga}`,
  'olga',
  BODIES.members,
);
show('owner, own id in capitals', self.status);
assert.equal(self.status, 403);
assert.equal(await wroteSomething(), false);

const behind = await ask('GET', '/acme/export', 'olga');
show('route declared on the app', behind.status);
assert.equal(behind.status, 404);
const report = () => Promise.resolve();
try {
  // @ts-expect-error: TypeScript refuses it too.
  route('get', '/report', report);
} catch (error) {
  assert(error instanceof TypeError);
  show('route declared without roles', error.message);
}
assert(!declared.includes('GET /:org/report'));

// Mia joins the other tenant, too: what she ordered here stays here.
await db.membership.create({
  data: {
    user: { connect: { email: 'mia@example.com' } },
    organisation: { connect: { slug: 'globex' } },
  },
});
const here = await ask('GET', '/acme/orders/<mia>', 'mia');
const there = await ask('GET', '/globex/orders/<mia>', 'mia');
show('mia in both, her order in each', `${here.status} ${there.status}`);
assert.deepEqual([here.status, there.status], [200, 404]);

await db.session.updateMany({ data: { expiresAt: new Date(0) } });
const late = await ask('GET', '/acme/orders', 'olga');
show('owner whose session is over', late.status);
assert.equal(late.status, 401);

server.close();
await once(server, 'close');
await db.$disconnect();
