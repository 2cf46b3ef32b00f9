import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type Request } from 'express';
import { z } from 'zod';
import { PrismaClient, type Prisma } from '../prisma/client/client.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

/** Stands for a session: it says who calls, and nothing else. */
const userIdOf = (req: Request) => req.get('x-user-id') ?? '';

const app = express();
app.use(express.json());

// #region profile
/** Writes what the body names, and answers with the whole row. */
app.patch('/by-body/me', async (req, res) => {
  const user = await db.user.update({
    where: { id: userIdOf(req) },
    // The cast silences the one reader that might have objected.
    data: req.body as Prisma.UserUpdateInput,
  });
  res.json(user);
});

/** All that people may change of themselves. */
const Profile = z.strictObject({
  name: z.string().trim().min(1).max(100),
});

/** Writes what the schema names, and answers with what `select` names. */
app.patch('/by-schema/me', async (req, res) => {
  const profile = Profile.safeParse(req.body);
  if (!profile.success) {
    res.status(400).type('application/problem+json');
    return res.json({
      type: 'https://api.example.com/problems/bad-body',
      title: 'The body is not valid',
      status: 400,
      detail: profile.error.issues.map((issue) => issue.message).join('; '),
    });
  }
  const user = await db.user.update({
    where: { id: userIdOf(req) },
    data: profile.data,
    select: { id: true, name: true, email: true },
  });
  return res.json(user);
});
// #endregion profile

const attacks = {
  'a new name': { name: 'Eve' },
  'another password hash': { name: 'Eve', passwordHash: 'of her choice' },
  'her own role': {
    name: 'Eve',
    memberships: { updateMany: { where: {}, data: { role: 'OWNER' } } },
  },
  'a seat in another tenant': {
    name: 'Eve',
    memberships: {
      create: {
        role: 'OWNER',
        organisation: { connect: { slug: 'globex' } },
      },
    },
  },
};

/** Eve, a MEMBER of acme and nothing else. */
async function startAgain() {
  await db.organisation.deleteMany();
  await db.user.deleteMany();
  await db.organisation.create({ data: { slug: 'globex', name: 'Globex' } });
  const eve = await db.user.create({
    data: {
      name: 'E',
      email: 'eve@example.com',
      passwordHash: 'hers',
      memberships: {
        create: {
          role: 'MEMBER',
          organisation: { create: { slug: 'acme', name: 'Acme' } },
        },
      },
    },
  });
  return eve.id;
}

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** Sends one body; says how it was answered and what it did. */
async function patch(path: string, body: object) {
  const id = await startAgain();
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'x-user-id': id },
    body: JSON.stringify(body),
  });
  const eve = await db.user.findUniqueOrThrow({
    where: { id },
    include: {
      memberships: {
        include: { organisation: true },
        orderBy: { organisation: { slug: 'asc' } },
      },
    },
  });
  const seats = eve.memberships.map(
    ({ organisation, role }) => `${role} of ${organisation.slug}`,
  );
  return {
    status: response.status,
    answer: (await response.json()) as object,
    name: eve.name,
    hash: eve.passwordHash,
    seats: seats.join(', '),
  };
}

for (const [what, body] of Object.entries(attacks)) {
  const bad = await patch('/by-body/me', body);
  const right = await patch('/by-schema/me', body);
  console.log(what);
  const hash = bad.hash === 'hers' ? '' : ', hash replaced';
  console.log('  by body   %d  %s%s', bad.status, bad.seats, hash);
  console.log('  by schema %d  %s', right.status, right.seats);

  assert.equal(bad.status, 200);
  assert('passwordHash' in bad.answer);
  assert(!('passwordHash' in right.answer));
  assert.equal(right.hash, 'hers');
  assert.equal(right.seats, 'MEMBER of acme');
  const harmless = what === 'a new name';
  assert.equal(right.status, harmless ? 200 : 400);
  assert.equal(right.name, harmless ? 'Eve' : 'E');
  const harm = bad.hash !== 'hers' || bad.seats !== 'MEMBER of acme';
  assert.equal(harm, !harmless);
}

server.close();
await once(server, 'close');
await db.$disconnect();
