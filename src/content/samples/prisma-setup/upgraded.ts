import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';

const connectionString = process.env.DATABASE_URL ?? '';

const adapter = new PrismaPg({ connectionString });
const current = new PrismaClient({ adapter });
await current.user.deleteMany();

// #region upgraded

/** With options as JavaScript, or a cast, would pass them. */
const created = (options?: object) =>
  new PrismaClient(options as ConstructorParameters<typeof PrismaClient>[0]);

/** The client as Prisma 6 knew it. */
type Old = {
  $use(middleware: () => void): void;
  $on(event: 'beforeExit', listener: () => void): void;
};
const old = (client: unknown) => client as Old;

function withParameter(name: string, value: string): PrismaPg {
  const url = new URL(connectionString);
  url.searchParams.set(name, value);
  return new PrismaPg({ connectionString: url.href });
}

/** Code that worked with Prisma 6, and what it comes to. */
const uses: Record<string, () => unknown> = {
  'new PrismaClient()': () => created(),
  datasourceUrl: () => created({ adapter, datasourceUrl: connectionString }),
  datasources: () => created({ adapter, datasources: {} }),
  $use: () => old(created({ adapter })).$use(() => {}),
  "$on('beforeExit')": () =>
    old(created({ adapter })).$on('beforeExit', () => {}),

  // The parameters of Prisma 6 in a URL: nothing reads them any more.
  '?schema=other': async () => {
    const prisma = created({ adapter: withParameter('schema', 'other') });
    await prisma.user.create({ data: { email: 'a@example.com', name: 'A' } });
    const [row] = await prisma.$queryRaw<[{ n: number }]>`
      SELECT count(*)::int AS n FROM public.user_account`;
    await prisma.$disconnect();
    return `written to public: ${row.n} row`;
  },
  '?connection_limit=1': async () => {
    const opened = await withParameter('connection_limit', '1').connect();
    const { max } = opened.underlyingDriver().options;
    await opened.dispose();
    return `a pool of ${max}`;
  },
};
// #endregion upgraded

const seen: string[] = [];
for (const [what, use] of Object.entries(uses)) {
  const outcome = await Promise.try(use).then(
    String,
    // The words of a TypeError are the engine's, not Prisma's.
    ({ name, message }: Error) =>
      name === 'TypeError' ? name : (message.split(/[.,\n](?=\s|$)/)[0] ?? ''),
  );
  console.log(what);
  console.log(`  ${outcome.replace(' to PrismaClient constructor', '')}`);
  seen.push(outcome);
}
assert.deepEqual(seen, [
  'PrismaClient was instantiated without any options',
  'Unknown property datasourceUrl provided to PrismaClient constructor',
  'Unknown property datasources provided to PrismaClient constructor',
  'TypeError',
  '"beforeExit" hook is not applicable to the client engine',
  'written to public: 1 row',
  'a pool of 10',
]);
await current.user.deleteMany();
await current.$disconnect();
