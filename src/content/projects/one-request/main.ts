import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { PrismaClient } from '../prisma/client/client.ts';
import { apiOn } from './api.ts';
import { embedded } from './database.ts';
import { seed } from './seed.ts';

const Environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .default('3000')
    .transform(Number),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
});
const parsed = Environment.safeParse(process.env);
if (!parsed.success) {
  // Names, and not what they hold.
  const names = parsed.error.issues.map(({ path }) => path.join('.'));
  console.error(`Not as expected in the environment: ${names.join(', ')}`);
  process.exit(1);
}
const { PORT, DATABASE_URL, REDIS_URL } = parsed.data;

const own = DATABASE_URL === undefined ? await embedded() : undefined;
const connectionString = DATABASE_URL ?? own?.url ?? '';
const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString, connectionTimeoutMillis: 5_000 }),
});
const redis =
  REDIS_URL === undefined ? undefined : new Redis(REDIS_URL, { commandTimeout: 200, enableOfflineQueue: false });
const log = (error: unknown) => console.error(error);
redis?.on('error', log);

const app = apiOn({ db, redis, perMinute: 300, log });
const server = app.listen(PORT);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
console.log(`Listens on http://localhost:${port}`);
if (own) {
  const tokens = await seed(db);
  console.log('On an embedded PostgreSQL, which forgets all when it ends. Try:');
  console.log(`curl -H "Authorization: Bearer ${tokens.ann}" http://localhost:${port}/acme/products`);
}

/** Answers what has arrived, and ends. */
async function stop() {
  const closed = once(server, 'close');
  server.close();
  setTimeout(() => server.closeAllConnections(), 5_000).unref();
  await closed;
  redis?.disconnect();
  await db.$disconnect();
  await own?.stop();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stop());
}
