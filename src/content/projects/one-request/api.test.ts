import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';
import { apiOn } from './api.ts';
import { cases, clientOf } from './cases.ts';
import { embedded } from './database.ts';
import { restock, seed } from './seed.ts';

const own = await embedded();
const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: own.url }),
  // Transactions wait for the one session that there is.
  transactionOptions: { maxWait: 30_000, timeout: 60_000 },
});
const tokens = await seed(db);

const failures: unknown[] = [];
const log = (error: unknown) => void failures.push(error);
const server = apiOn({ db, perMinute: 1_000, log }).listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ask = clientOf(`http://localhost:${port}`, tokens);

beforeEach(() => restock(db));

after(async () => {
  server.close();
  await once(server, 'close');
  await db.$disconnect();
  await own.stop();
});

for (const [name, run] of Object.entries(cases)) {
  void test(name, () => run(ask));
}

void test('answered nothing with a 500', () => assert.deepEqual(failures, []));
