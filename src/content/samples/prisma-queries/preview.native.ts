import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';

const shared = new URL('../prisma/schema.prisma', import.meta.url);
const cli = dirname(fileURLToPath(import.meta.resolve('prisma/package.json')));

// #region generate
type Client = typeof import('../prisma/client/client.ts');

type PrismaClient = InstanceType<Client['PrismaClient']>;

/** The shop's client, generated with preview features. */
async function clientWith(...features: string[]): Promise<Client> {
  const schema = (await readFile(shared, 'utf8')).replace(
    'provider     = "prisma-client"',
    `$&\n  previewFeatures = ${JSON.stringify(features)}`,
  );
  const folder = await mkdtemp(join(folders, 'client-'));
  await writeFile(join(folder, 'schema.prisma'), schema);
  await promisify(execFile)(
    process.execPath,
    [join(cli, 'build/index.js'), 'generate', '--schema', 'schema.prisma'],
    { cwd: folder, env: { ...process.env, ...offline } },
  );
  const written = pathToFileURL(join(folder, 'client/client.ts'));
  return (await import(written.href)) as Client;
}

const take = { orders: { orderBy: { totalCents: 'desc' }, take: 1 } };
const noUser = { userId: undefined as unknown as string };

/** Each reads the dearest order of each customer, or deletes sessions. */
const queries: Record<string, (db: PrismaClient) => Promise<unknown>> = {
  include: (db) => db.user.findMany({ include: take } as object),
  "include by 'join'": (db) =>
    db.user.findMany({ include: take, relationLoadStrategy: 'join' } as object),
  "include by 'query'": (db) =>
    db.user.findMany({
      include: take,
      relationLoadStrategy: 'query',
    } as object),
  'delete, undefined': (db) => db.session.deleteMany({ where: noUser }),
  'delete, no filter': (db) => db.session.deleteMany(),
};
// #endregion generate

/** `generate` wants an engine for migrations, and does not call it. */
const offline = {
  PRISMA_SCHEMA_ENGINE_BINARY:
    process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
};
const folders = await mkdtemp(join(tmpdir(), 'prisma-queries-'));
// Where the generated clients find Prisma's packages.
await symlink(dirname(cli), join(folders, 'node_modules'), 'junction');

/** What each query did with a client that has these features. */
async function outcomesWith(...features: string[]) {
  const { PrismaClient } = await clientWith(...features);
  const db = new PrismaClient({
    adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
    log: [{ emit: 'event', level: 'query' }],
  });
  const sent: string[] = [];
  db.$on('query', ({ query }) => void sent.push(query));
  const outcomes: string[] = [];
  console.log(features.join() || 'no feature');
  for (const [what, query] of Object.entries(queries)) {
    sent.length = 0;
    const outcome = await query(db).then(
      () => {
        const limited = sent.some((sql) => sql.includes('LIMIT'));
        const count =
          sent.length === 1 ? '1 statement' : `${sent.length} statements`;
        return limited ? `${count}, with LIMIT` : count;
      },
      ({ message }: Error) =>
        /[^\n]*$/.exec(message)?.[0].replace(/[.:] .*/, ''),
    );
    console.log(`  ${what.padEnd(19)} ${outcome}`);
    outcomes.push(outcome ?? '');
  }
  await db.$disconnect();
  return outcomes;
}

const unknown = 'Unknown argument `relationLoadStrategy`';
assert.deepEqual(await outcomesWith(), [
  '2 statements',
  unknown,
  unknown,
  '1 statement',
  '1 statement',
]);
assert.deepEqual(await outcomesWith('relationJoins'), [
  '1 statement, with LIMIT',
  '1 statement, with LIMIT',
  '2 statements',
  '1 statement',
  '1 statement',
]);
assert.deepEqual(await outcomesWith('strictUndefinedChecks'), [
  '2 statements',
  unknown,
  unknown,
  'Invalid value for argument `where`',
  '1 statement',
]);
await rm(folders, { recursive: true });
