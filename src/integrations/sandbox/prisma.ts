import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCHEMA = 'src/content/samples/prisma/schema.prisma';

/** Generates the Prisma client for a worker into `folder`, from the schema that all samples share. Returns its main file. */
export async function generatePrismaClient(root: string, folder: string): Promise<string> {
  const schema = await readFile(join(root, SCHEMA), 'utf8');
  const generator = [
    'generator client {',
    '  provider = "prisma-client"',
    // The client holds its schema: no machine's path may stand in it.
    '  output = "./client"',
    '  runtime = "workerd"',
    '  moduleFormat = "esm"',
    '  compilerBuild = "small"',
    `  previewFeatures = [${/previewFeatures\s*=\s*\[(.*?)\]/.exec(schema)?.[1] ?? ''}]`,
    '}',
  ].join('\n');
  const changed = schema.replace(/generator client \{[\s\S]*?\n\}/, generator);
  if (changed === schema) throw new Error(`${SCHEMA} has no \`generator client { ... }\`, which the sandbox replaces.`);
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'schema.prisma');
  await writeFile(path, changed);
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  await promisify(execFile)(process.execPath, [cli, 'generate', '--schema', path], {
    cwd: root,
    env: {
      // Prisma would download this engine first. `generate` never calls it, so any program does.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      ...process.env,
    },
  });
  return join(folder, 'client/client.ts');
}
