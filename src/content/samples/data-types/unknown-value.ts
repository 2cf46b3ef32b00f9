import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

async function emptied() {
  await prisma.membership.deleteMany();
  await prisma.organisation.deleteMany();
  await prisma.user.deleteMany();
}
await emptied();
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'shop', name: 'Shop' },
});
for (const [name, role] of [
  ['Ann', 'OWNER'],
  ['Ben', 'ADMIN'],
  ['Cem', 'MEMBER'],
] as const) {
  const email = `${name.toLowerCase()}@example.com`;
  await prisma.user.create({
    data: {
      email,
      name,
      memberships: { create: { organisationId, role } },
    },
  });
}

// #region unknown
/** The list of members, as the release that still runs reads it. */
async function members(): Promise<string> {
  try {
    const found = await prisma.membership.findMany({
      where: { organisationId },
      orderBy: { user: { name: 'asc' } },
      include: { user: true },
    });
    return found.map(({ user, role }) => `${user.name} ${role}`).join(', ');
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError)) throw error;
    return `${error.code} ${error.message.split('\n').at(-1)}`;
  }
}

const before = await members();
// One row gets a value that this client was not generated with. A migration
// would add one; here one is renamed, because that can be undone.
await prisma.$executeRaw`ALTER TYPE "Role" RENAME VALUE 'MEMBER' TO 'GUEST'`;
const during = await members().finally(
  () => prisma.$executeRaw`ALTER TYPE "Role" RENAME VALUE 'GUEST' TO 'MEMBER'`,
);
// #endregion unknown

console.log('three members        ', before);
console.log('one role is unknown  ', during);
assert.equal(before, 'Ann OWNER, Ben ADMIN, Cem MEMBER');
assert.equal(during, "P2023 Value 'GUEST' not found in enum 'Role'");
assert.equal(await members(), before);

await emptied();
await prisma.$disconnect();
