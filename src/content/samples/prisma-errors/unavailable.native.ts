import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import type { PoolConfig } from 'pg';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';
import { problemOf } from './problems.ts';

const connectionString = process.env.DATABASE_URL;
assert(connectionString);

const opened: PrismaClient[] = [];
/** A client of its own; `onCut` hears of a connection that has died. */
function open(changed: PoolConfig = {}, onCut?: (error: Error) => void) {
  const adapter = new PrismaPg(
    { connectionString, ...changed },
    onCut && { onConnectionError: onCut },
  );
  // Far more than the program needs, so that a slow machine prints the same.
  const transactionOptions = { maxWait: 30_000, timeout: 60_000 };
  const client = new PrismaClient({ adapter, transactionOptions });
  opened.push(client);
  return client;
}

/** Our database's address with one part changed. */
function address(part: 'host' | 'pathname' | 'username', value: string) {
  const url = new URL(connectionString!);
  url[part] = value;
  return { connectionString: url.href };
}

// Takes connections and says nothing, as a server that hangs.
const silent = createServer().listen(0, '127.0.0.1');
await once(silent, 'listening');
const silentHost = `127.0.0.1:${(silent.address() as AddressInfo).port}`;

const prisma = open();
await prisma.$executeRaw`DROP ROLE IF EXISTS prisma_errors_crowd`;
await prisma.$executeRaw`
  CREATE ROLE prisma_errors_crowd LOGIN CONNECTION LIMIT 0`;
const { id: organisationId } = await prisma.organisation.create({
  data: { slug: 'acme', name: 'Acme' },
});
for (const sku of ['A', 'B']) {
  const product = { organisationId, sku, name: sku, priceCents: 5 };
  await prisma.product.create({ data: product });
}

// #region troubles
type Db = Prisma.TransactionClient;
type Write = (db: Db, sku: string) => Promise<unknown>;

/** One statement, written twice. */
const writes: Record<string, Write> = {
  updateMany: (db, sku) =>
    db.product.updateMany({
      where: { sku },
      data: { stock: { increment: 1 } },
    }),
  $executeRaw: (db, sku) => db.$executeRaw`
    UPDATE product SET stock = stock + 1 WHERE sku = ${sku}`,
};

const patience = { connectionTimeoutMillis: 250 };

const troubles: Record<string, (write: Write) => Promise<unknown>> = {
  'nobody listens': (write) => write(open(address('host', '127.0.0.1:1')), 'A'),
  'server hangs': (write) => {
    const config = { ...address('host', silentHost), ...patience };
    return write(open(config), 'A');
  },
  'no such database': (write) =>
    write(open(address('pathname', '/prisma_errors_none')), 'A'),
  'server takes no more': (write) =>
    write(open(address('username', 'prisma_errors_crowd')), 'A'),

  'pool takes no more': async (write) => {
    const one = open({ max: 1, ...patience });
    await one.$transaction(async (tx) => {
      await tx.product.count();
      await write(one, 'A');
    });
  },
  'connection is cut': async (write) => {
    const cut = Promise.withResolvers<Error>();
    await open({}, cut.resolve).$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<[{ pid: number }]>`
        SELECT pg_backend_pid() AS pid`;
      await prisma.$queryRaw`SELECT pg_terminate_backend(${row.pid}::int)`;
      await cut.promise;
      await write(tx, 'A');
    });
  },
  'write conflict': (write) =>
    prisma.$transaction(
      async (tx) => {
        await tx.product.count();
        await write(prisma, 'A');
        await write(tx, 'A');
      },
      { isolationLevel: 'RepeatableRead' },
    ),
  deadlock: async (write) => {
    const [locked, bothLocked] = barrier(2);
    const inOrder = (skus: [string, string]) =>
      prisma.$transaction(async (tx) => {
        await write(tx, skus[0]);
        locked();
        await bothLocked;
        await write(tx, skus[1]);
      });
    // PostgreSQL ends one of the two; which one is its own choice.
    await Promise.all([inOrder(['A', 'B']), inOrder(['B', 'A'])]);
  },
};
// #endregion troubles

/** A function to call `parties` times, and a promise for the last call. */
function barrier(parties: number): [() => void, Promise<void>] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [() => void (--parties === 0 && resolve()), promise];
}

/** Code, SQLSTATE if the message has one, and the status to answer. */
function shapeOf(error: unknown): string {
  assert(error instanceof Error);
  const status = problemOf(error, 'POST')?.status ?? 500;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) {
    return `${error.name}, no code ${status}`;
  }
  const [, state] = /Code: `([^`]+)`/.exec(error.message) ?? [];
  return `${state ? `${error.code} ${state}` : error.code} ${status}`;
}

const outcomeOf = (act: Promise<unknown>) => act.then(() => 'fine', shapeOf);

const seen: Record<string, string[]> = {};
print('trouble', ...Object.keys(writes));
for (const [what, provoke] of Object.entries(troubles)) {
  const outcomes: string[] = [];
  for (const write of Object.values(writes)) {
    outcomes.push(await outcomeOf(provoke(write)));
  }
  print(what, ...outcomes);
  seen[what] = outcomes;
}
assert.deepEqual(seen, {
  'nobody listens': ['P1001 503', 'P2010 N/A 500'],
  'server hangs': ['Error, no code 503', 'Error, no code 503'],
  'no such database': ['P1003 500', 'P2010 3D000 500'],
  'server takes no more': ['P2037 503', 'P2010 53300 503'],
  'pool takes no more': ['Error, no code 503', 'Error, no code 503'],
  'connection is cut': ['Error, no code 500', 'Error, no code 500'],
  'write conflict': ['P2034 503', 'P2010 40001 503'],
  deadlock: ['P2034 503', 'P2010 40P01 503'],
});

function print(what: string, ...outcomes: string[]) {
  const columns = outcomes.map((outcome) => outcome.padEnd(19));
  console.log([what.padEnd(33), ...columns].join('').trimEnd());
}

const one = open({ max: 1 });
const start = await outcomeOf(
  one.$transaction(async (tx) => {
    await tx.product.count();
    await one.$transaction((inner) => inner.product.count(), { maxWait: 50 });
  }),
);
print('$transaction, pool takes no more', start);
assert.equal(start, 'P2028 503');
const late = await outcomeOf(
  (async () => {
    let escaped: Db | undefined;
    await prisma.$transaction((tx) => {
      escaped = tx;
      return tx.product.count();
    });
    await escaped?.product.count();
  })(),
);
print('$transaction, used after COMMIT', late);
assert.equal(late, 'P2028 500');
const aborted = await outcomeOf(
  prisma.$transaction(async (tx) => {
    const again = { organisationId, sku: 'A', name: 'A', priceCents: 5 };
    await tx.product.create({ data: again }).catch(() => 'swallowed');
    await tx.product.count();
  }),
);
print('$transaction, error swallowed', aborted);
assert.equal(aborted, 'P2039 25P02 500');
const connect = await outcomeOf(
  open(address('host', '127.0.0.1:1')).$connect(),
);
print('$connect(), nobody listens', connect);
assert.equal(connect, 'fine');

await prisma.product.deleteMany();
await prisma.organisation.deleteMany();
await prisma.$executeRaw`DROP ROLE prisma_errors_crowd`;
for (const client of opened) await client.$disconnect();
silent.close();
