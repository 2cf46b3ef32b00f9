import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type Request } from 'express';
import { PrismaClient, type Role } from '../prisma/client/client.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  log: [{ emit: 'event', level: 'query' }],
});
let statements = 0;
db.$on('query', () => (statements += 1));

const { id: acmeId } = await db.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
const { id: eveId } = await db.user.create({
  data: {
    name: 'Eve',
    email: 'eve@example.com',
    memberships: { create: { organisationId: acmeId, role: 'OWNER' } },
  },
});

// #region roles
/** Written at login. A claim in a JWT is the same, and outlives logout. */
type Session = { userId: string; organisationId: string; role: Role };
const sessions = new Map<string, Session>();

const sessionOf = (req: Request) =>
  sessions.get(req.get('authorization') ?? '');

/** Believes the copy: one lookup saved, and each change missed. */
function roleAtLogin(req: Request): Role | undefined {
  return sessionOf(req)?.role;
}

/** Asks the table where roles are changed, by its primary key. */
async function roleNow(req: Request): Promise<Role | undefined> {
  const session = sessionOf(req);
  if (!session) return undefined;
  const { userId, organisationId } = session;
  const membership = await db.membership.findUnique({
    where: { organisationId_userId: { organisationId, userId } },
    select: { role: true },
  });
  return membership?.role;
}

const app = express();
const ways = { roleAtLogin, roleNow };
for (const [name, roleOf] of Object.entries(ways)) {
  app.post(`/${name}/refunds`, async (req, res) => {
    const role = await roleOf(req);
    if (!role) return void res.sendStatus(404);
    res.sendStatus(role === 'OWNER' ? 204 : 403);
  });
}
// #endregion roles

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

sessions.set('eve', { userId: eveId, organisationId: acmeId, role: 'OWNER' });

/** Asks for a refund both ways; the statuses, and the statements it took. */
async function refund(note: string) {
  const found: number[] = [];
  for (const name of Object.keys(ways)) {
    statements = 0;
    const { status } = await fetch(`http://localhost:${port}/${name}/refunds`, {
      method: 'POST',
      headers: { authorization: 'eve' },
    });
    found.push(status, statements);
  }
  const [atLogin, few, now, more] = found;
  console.log(`${note.padEnd(20)} ${atLogin} (${few})        ${now} (${more})`);
  return found;
}

console.log('POST /refunds        roleAtLogin    roleNow');
assert.deepEqual(await refund('Eve is OWNER'), [204, 0, 204, 1]);

const seat = {
  organisationId_userId: { organisationId: acmeId, userId: eveId },
};
await db.membership.update({ where: seat, data: { role: 'MEMBER' } });
assert.deepEqual(await refund('Eve is made MEMBER'), [204, 0, 403, 1]);

await db.membership.delete({ where: seat });
assert.deepEqual(await refund('Eve has left'), [204, 0, 404, 1]);
console.log('                     (statements sent to PostgreSQL)');

server.close();
await once(server, 'close');
await db.$disconnect();
