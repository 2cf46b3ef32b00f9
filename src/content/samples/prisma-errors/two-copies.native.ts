import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';
import { problemOf } from './problems.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

// #region copies
const require = createRequire(import.meta.url);

/** Loads Prisma's runtime anew, as a second installation of it would. */
function anotherCopy(): typeof Prisma {
  for (const path of Object.keys(require.cache)) {
    if (path.includes('@prisma')) delete require.cache[path];
  }
  return require('@prisma/client/runtime/client') as typeof Prisma;
}

const id = '00000000-0000-7000-8000-000000000000';
const thrown: unknown = await prisma.user
  .delete({ where: { id } })
  .catch((error: unknown) => error);
assert(thrown instanceof Error);

const Other = anotherCopy();
const checks = {
  'our class': thrown instanceof Prisma.PrismaClientKnownRequestError,
  'the class of another copy':
    thrown instanceof Other.PrismaClientKnownRequestError,
  'the name of the class': thrown.name === 'PrismaClientKnownRequestError',
};

/** An error such as the other copy throws. */
const foreign = new Other.PrismaClientKnownRequestError('no such row', {
  code: 'P2025',
  clientVersion: '7.10.0',
});
const status = problemOf(foreign, 'DELETE')?.status;
// #endregion copies
for (const [check, found] of Object.entries(checks)) {
  console.log(check.padEnd(26), found);
}
assert.deepEqual(Object.values(checks), [true, false, true]);
console.log('problemOf, another copy'.padEnd(26), status);
assert(!(foreign instanceof Prisma.PrismaClientKnownRequestError));
assert.equal(status, 404);

await prisma.$disconnect();
