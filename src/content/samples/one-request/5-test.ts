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

/** Each with the case that is there to find it. */
const faults: Record<string, { foundBy: string; parts: Partial<Parts> }> = {
  'no transaction': {
    foundBy: 'writes nothing of an order it cannot fill',
    parts: {
      db: new Proxy(db, {
        get: (target, name) =>
          name === '$transaction'
            ? (act: (tx: Prisma.TransactionClient) => unknown) => act(target)
            : (Reflect.get(target, name) as unknown),
      }),
    },
  },
  'stock not asked': {
    foundBy: 'sells the last piece once',
    parts: { db: without('Product.updateMany', 'stock') },
  },
  'sessions never end': {
    foundBy: 'asks every caller for a session that lasts',
    parts: { db: without('Session.find', 'expiresAt') },
  },
  'anybody is a member': {
    foundBy: 'hides a shop from strangers',
    parts: { db: without('Membership.find', 'userId') },
  },
  'orders of everybody': {
    foundBy: 'shows an order to staff, not to colleagues',
    parts: { db: without('Order.find', 'customerId') },
  },
  'everybody is staff': {
    foundBy: 'lets staff alone set a price, seen at once',
    parts: {
      db: queried(async ({ model, args, query }) => {
        const found = await query(args);
        const isOne = model === 'Membership' && found;
        return isOne ? { ...found, role: 'OWNER' } : found;
      }),
    },
  },
  'one key for all shops': {
    foundBy: 'keeps the shops of a cache apart',
    parts: { redis: keyed(() => 'products') },
  },
  'cache never emptied': {
    foundBy: 'lets staff alone set a price, seen at once',
    parts: {
      redis: keyed((command, key) => (command === 'del' ? `${key}:old` : key)),
    },
  },
};
// #endregion faults

const all = Object.keys(cases);
const usual = all.slice(0, 3);

/** Those of the named cases that an API with these parts fails. */
async function failedBy(parts: Partial<Parts>, names: string[]) {
  // A fault may well end in a 500, which is somebody's to notice.
  const log = () => {};
  const app = apiOn({ db, redis, perMinute: 1_000, log, ...parts });
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = clientOf(`http://localhost:${port}`, tokens);
  const failed: string[] = [];
  for (const name of names) {
    await restock(db);
    await redis.flushdb();
    try {
      await cases[name]!(ask);
    } catch (error) {
      assert(error instanceof assert.AssertionError, String(error));
      failed.push(name);
    }
  }
  server.close();
  await once(server, 'close');
  return failed;
}

assert.deepEqual(await failedBy({}, all), []);
console.log(`without a fault: all ${all.length} cases pass\n`);
console.log('fault'.padEnd(21), `${usual.length} usual`, 'found by');
for (const [fault, { foundBy, parts }] of Object.entries(faults)) {
  // The others would take time, and tell no more.
  const failed = await failedBy(parts, [...usual, foundBy]);
  const few = failed.some((name) => usual.includes(name)) ? 'fail' : 'pass';
  const found = failed.includes(foundBy) ? foundBy : 'none';
  console.log(fault.padEnd(21), few.padEnd(7), found);
  assert.deepEqual(failed, [foundBy], fault);
}
await redis.flushdb();
redis.disconnect();
await clear(db);
await db.$disconnect();
