import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { PrismaClient, type Prisma } from '../prisma/client/client.ts';
import { apiOn, type Parts } from './api.ts';
import { cases, clientOf } from './cases.ts';
import { RULES } from './rules.ts';
import { clear, restock, seed } from './seed.ts';

const connectionString = process.env.DATABASE_URL;
const admin = new Client({ connectionString });
await admin.connect();
await admin.query(RULES);
await admin.end();
const db = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
const redis = new Redis(process.env.REDIS_URL ?? '');
await clear(db);
const tokens = await seed(db);

// #region faults
type Query = (call: {
  model?: string;
  operation: string;
  args: { where?: Record<string, unknown> };
  query: (args: object) => Promise<unknown>;
}) => Promise<unknown>;

const queried = (each: Query) =>
  db.$extends({
    query: { $allOperations: each as never },
  }) as unknown as PrismaClient;

/** As if the code had forgotten one condition of one query. */
const without = (of: string, condition: string) =>
  queried(({ model, operation, args, query }) => {
    if (`${model}.${operation}`.startsWith(of)) delete args.where?.[condition];
    return query(args);
  });

/** A connection that changes the key of each command. */
const keyed = (change: (command: string, key: string) => string) =>
  new Proxy(redis, {
    get(target, name) {
      const own = Reflect.get(target, name) as unknown;
      if (typeof own !== 'function') return own;
      return (key: string, ...rest: unknown[]): unknown =>
        own.call(target, change(String(name), key), ...rest);
    },
  });

const faults: Record<string, Partial<Parts>> = {
  none: {},
  'no transaction': {
    db: new Proxy(db, {
      get: (target, name) =>
        name === '$transaction'
          ? (act: (tx: Prisma.TransactionClient) => unknown) => act(target)
          : (Reflect.get(target, name) as unknown),
    }),
  },
  'stock not asked': { db: without('Product.updateMany', 'stock') },
  'sessions never end': { db: without('Session.find', 'expiresAt') },
  'any caller is a member': { db: without('Membership.find', 'userId') },
  'orders of everybody': { db: without('Order.find', 'customerId') },
  'everybody is staff': {
    db: queried(async ({ model, args, query }) => {
      const found = await query(args);
      return model === 'Membership' && found
        ? { ...found, role: 'OWNER' }
        : found;
    }),
  },
  'one key for all shops': { redis: keyed(() => 'products') },
  'cache never emptied': {
    redis: keyed((command, key) => (command === 'del' ? `${key}:old` : key)),
  },
};
// #endregion faults

const all = Object.keys(cases);
const usual = all.slice(0, 3);

/** The usual cases that an API with these parts fails, or else the first. */
async function failedBy(parts: Partial<Parts>): Promise<string[]> {
  // A fault may well end in a 500, which is somebody's to notice.
  const log = () => {};
  const app = apiOn({ db, redis, perMinute: 1_000, log, ...parts });
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = clientOf(`http://localhost:${port}`, tokens);
  const failed: string[] = [];
  for (const [name, run] of Object.entries(cases)) {
    if (failed.length > 0 && !usual.includes(name)) break;
    await restock(db);
    await redis.flushdb();
    try {
      await run(ask);
    } catch (error) {
      assert(error instanceof assert.AssertionError, String(error));
      failed.push(name);
    }
  }
  server.close();
  await once(server, 'close');
  return failed;
}

console.log('fault'.padEnd(24), `${usual.length} cases`, `  all ${all.length}`);
for (const [fault, parts] of Object.entries(faults)) {
  const failed = await failedBy(parts);
  const found = [
    failed.some((name) => usual.includes(name)),
    failed.length > 0,
  ];
  const [few, many] = found.map((yes) => (yes ? 'found' : 'passed'));
  console.log(fault.padEnd(24), few?.padEnd(9), many);
  assert.deepEqual(found, [false, fault !== 'none'], failed.join());
}
await redis.flushdb();
redis.disconnect();
await clear(db);
await db.$disconnect();
