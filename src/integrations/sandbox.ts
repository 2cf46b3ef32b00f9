/** Builds the sandbox that programs run in, once for each state of its inputs, and publishes it with the site. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { AstroIntegration } from 'astro';
import { writeBundle } from './sandbox/bundle.ts';
import { importedSpecifiers } from './sandbox/entries.ts';
import { generatePrismaClient } from './sandbox/prisma.ts';

const FOLDER = '_sandbox';
/** Where the packages lie, and the lock file beside them: above a copy of the project in a folder of its own, too. */
const HOME = fileURLToPath(new URL('../../../../', import.meta.resolve('@electric-sql/pglite')));
const CACHE = join(HOME, 'node_modules/.cache/handbook/sandbox');
/** Where a bundle is made: in one place, because the names of its modules follow from the paths of their inputs. */
const WORK = join(HOME, 'node_modules/.cache/handbook/sandbox-work');
/** For how long one build waits for another before it takes it for dead, in milliseconds. */
const PATIENCE = 120_000;
const PRISMA = 'src/content/samples/prisma';

/** What decides about the bundle's bytes. */
const INPUTS = [
  'src/sandbox/**/*.{ts,cjs}',
  'src/integrations/sandbox.ts',
  'src/integrations/sandbox/*.ts',
  `${PRISMA}/schema.prisma`,
  `${PRISMA}/migrations/*/migration.sql`,
];

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.html': 'text/html',
  '.wasm': 'application/wasm',
};

/** Publishes the sandbox below `_sandbox/`. */
export function sandbox(): AstroIntegration {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  return {
    name: 'sandbox',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const bundle = await builtSandbox(root, (message) => logger.info(message));
        await cp(bundle, join(fileURLToPath(dir), FOLDER), { recursive: true });
      },
      'astro:server:setup': ({ server, logger }) => {
        let bundle: Promise<string> | undefined;
        server.middlewares.use((request, response, next) => {
          const [, name] = new RegExp(`/${FOLDER}/([\\w.-]+)$`).exec(request.url?.split('?')[0] ?? '') ?? [];
          if (!name) return next();
          bundle ??= builtSandbox(root, (message) => logger.info(message));
          bundle.then((folder) => {
            const path = join(folder, name);
            if (!existsSync(path)) return next();
            response.setHeader('content-type', TYPES[/\.\w+$/.exec(name)?.[0] ?? ''] ?? 'application/octet-stream');
            createReadStream(path).pipe(response);
          }, next);
        });
      },
    },
  };
}

/** The folder of the bundle for the inputs as they are now; made below `cache` if there is none yet. */
export async function builtSandbox(root: string, say: (message: string) => void, cache = CACHE): Promise<string> {
  const specifiers = importedSpecifiers(root);
  const folder = join(cache, digestOf(root, specifiers));
  if (existsSync(folder)) return folder;
  say(`building the sandbox for ${specifiers.length} imports (kept until one of its inputs changes)`);
  await mkdir(cache, { recursive: true });
  const snapshot = await builtSnapshot(root, cache);
  const release = await taken(WORK);
  try {
    if (existsSync(folder)) return folder;
    const prismaClient = await generatePrismaClient(root, join(WORK, 'prisma'));
    const output = join(WORK, 'output');
    await writeBundle({ root, home: HOME, output, work: WORK, specifiers, prismaClient, snapshot });
    await rename(output, folder).catch((error: unknown) => {
      // Another build was first, with the same bytes.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await release();
  }
  return folder;
}

/** Makes `folder`, once no other build has it. Resolves to how to give it back. */
async function taken(folder: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    try {
      await mkdir(folder);
      return () => rm(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (Date.now() > deadline) await rm(folder, { recursive: true, force: true });
    await sleep(250);
  }
}

/** The data directory that PostgreSQL starts from. It takes longest, and depends on least. */
async function builtSnapshot(root: string, cache: string): Promise<string> {
  const inputs = [`${PRISMA}/migrations/*/migration.sql`, 'src/integrations/sandbox/snapshot.ts'];
  const version = readFileSync(join(HOME, 'node_modules/@electric-sql/pglite/package.json'), 'utf8');
  const file = join(cache, `snapshot-${filesDigest(root, inputs).update(version).digest('hex').slice(0, 16)}.tar`);
  if (existsSync(file) && statSync(file).size > 0) return file;
  await mkdir(cache, { recursive: true });
  const script = join(root, 'src/integrations/sandbox/snapshot.ts');
  const unfinished = `${file}.${process.pid}`;
  await promisify(execFile)(process.execPath, [script, join(root, PRISMA, 'migrations'), unfinished], { cwd: root });
  await rename(unfinished, file);
  return file;
}

function filesDigest(root: string, patterns: string[]) {
  const digest = createHash('sha256');
  for (const path of patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()) {
    digest.update(`\n${path}\n`).update(readFileSync(join(root, path)));
  }
  return digest;
}

const digestOf = (root: string, specifiers: string[]) =>
  filesDigest(root, INPUTS)
    .update(readFileSync(join(HOME, 'package-lock.json')))
    .update(specifiers.join())
    .digest('hex')
    .slice(0, 16);
