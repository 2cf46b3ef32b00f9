import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type Response } from 'express';
import { z } from 'zod';
import { PrismaClient, type Prisma } from '../prisma/client/client.ts';

const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL });
const db = new PrismaClient({ adapter });

// #region exposure
/** The second wall: this client never reads the hash unless asked. */
const careful = new PrismaClient({
  adapter,
  omit: { user: { passwordHash: true } },
});

/** All that a client of this API may see of a user. */
const UserOut = z.object({ id: z.uuid(), name: z.string() });
const MemberOut = z.object({
  role: z.enum(['OWNER', 'ADMIN', 'MEMBER']),
  user: UserOut,
});

/** The only way out: what the schema does not name is not sent. */
function send(res: Response, schema: z.ZodType, value: unknown): void {
  const out = schema.safeParse(value);
  // Our fault, not the caller's: must not become a 400.
  if (!out.success) throw new Error('bad answer', { cause: out.error });
  res.json(out.data);
}

const me = { where: { email: 'ana@example.com' } };
const where = { organisation: { slug: 'acme' } };
const lists: Record<string, Prisma.MembershipFindManyArgs> = {
  team: { where, include: { user: true } },
  // The same; a colleague wants to show who is signed in.
  online: { where, include: { user: { include: { sessions: true } } } },
};

const routes = express.Router();
for (const [path, query] of Object.entries(lists)) {
  routes.get(`/whole/${path}`, async (_req, res) => {
    res.json(await db.membership.findMany(query));
  });
  routes.get(`/deleted/${path}`, async (_req, res) => {
    res.json(await db.membership.findMany(query));
  });
  routes.get(`/omitted/${path}`, async (_req, res) => {
    res.json(await careful.membership.findMany(query));
  });
  routes.get(`/schema/${path}`, async (_req, res) => {
    const members = await db.membership.findMany(query);
    send(res, z.array(MemberOut), members);
  });
}
routes.get('/whole/me', async (_req, res) => {
  res.json(await db.user.findUniqueOrThrow(me));
});
routes.get('/deleted/me', async (_req, res) => {
  const user = await db.user.findUniqueOrThrow(me);
  // Right here, and forgotten in the two routes that nest a user.
  res.json({ ...user, passwordHash: undefined });
});
routes.get('/omitted/me', async (_req, res) => {
  res.json(await careful.user.findUniqueOrThrow(me));
});
routes.get('/schema/me', async (_req, res) => {
  send(res, UserOut, await db.user.findUniqueOrThrow(me));
});
// #endregion exposure

await db.organisation.deleteMany();
await db.user.deleteMany();
await db.user.create({
  data: {
    name: 'Ana',
    email: 'ana@example.com',
    passwordHash: '$argon2id$ana',
    memberships: {
      create: {
        role: 'OWNER',
        organisation: { create: { slug: 'acme', name: 'Acme' } },
      },
    },
    sessions: {
      create: {
        tokenHash: 'hash of the token of ana',
        expiresAt: new Date('2100-01-01'),
      },
    },
  },
});

const server = express().use(routes).listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** The names of the fields that an answer holds and no client should see. */
const SECRETS = ['passwordHash', 'tokenHash', 'email'];
async function leaked(path: string) {
  const response = await fetch(`http://localhost:${port}${path}`);
  assert.equal(response.status, 200);
  const body = await response.text();
  assert(body.includes('Ana'));
  return SECRETS.filter((name) => body.includes(`"${name}"`)).join(' ') || '-';
}

const found: Record<string, string> = {};
for (const way of ['whole', 'deleted', 'omitted', 'schema']) {
  console.log(way);
  for (const path of ['me', 'team', 'online']) {
    const names = await leaked(`/${way}/${path}`);
    console.log(`  ${path.padEnd(8)}${names}`);
    found[`${way}/${path}`] = names;
  }
}
assert.deepEqual(found, {
  'whole/me': 'passwordHash email',
  'whole/team': 'passwordHash email',
  'whole/online': 'passwordHash tokenHash email',
  'deleted/me': 'email',
  'deleted/team': 'passwordHash email',
  'deleted/online': 'passwordHash tokenHash email',
  'omitted/me': 'email',
  'omitted/team': 'email',
  'omitted/online': 'tokenHash email',
  'schema/me': '-',
  'schema/team': '-',
  'schema/online': '-',
});

server.close();
await once(server, 'close');
await db.organisation.deleteMany();
await db.user.deleteMany();
await db.$disconnect();
await careful.$disconnect();
