import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { PrismaClient } from '../prisma/client/client.ts';

let opened = 0;
const pools: Pool[] = [];

/** A pool that counts the connections that it opens. */
function countedPool(): Pool {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL });
  pool.on('connect', () => opened++);
  pools.push(pool);
  return pool;
}

// #region clients
/** A client for each request. */
async function perRequest() {
  const prisma = new PrismaClient({ adapter: new PrismaPg(countedPool()) });
  return prisma.user.count();
}

/** The same, closed after use. */
async function perRequestClosed() {
  const adapter = new PrismaPg(countedPool(), { disposeExternalPool: true });
  const prisma = new PrismaClient({ adapter });
  try {
    return await prisma.user.count();
  } finally {
    await prisma.$disconnect();
  }
}

/** One for the process, made when its module is loaded. */
const shared = new PrismaClient({ adapter: new PrismaPg(countedPool()) });
async function perProcess() {
  return shared.user.count();
}
// #endregion clients

const openNow = () =>
  pools.reduce((sum, pool) => sum + (pool.ended ? 0 : pool.totalCount), 0);

const seen: Record<string, number[]> = {};
console.log('20 requests'.padEnd(18), 'connections opened, still open');
for (const handle of [perRequest, perRequestClosed, perProcess]) {
  opened = 0;
  const before = openNow();
  for (let request = 0; request < 20; request++) await handle();
  const counts = [opened, openNow() - before];
  const [all, left] = counts.map((count) => String(count).padStart(11));
  console.log(handle.name.padEnd(18), all, left);
  seen[handle.name] = counts;
  if (handle === perRequest) {
    for (const pool of pools.splice(1)) await pool.end();
  }
}
assert.deepEqual(seen, {
  perRequest: [20, 20],
  perRequestClosed: [20, 0],
  perProcess: [1, 1],
});
for (const pool of pools) if (!pool.ended) await pool.end();
