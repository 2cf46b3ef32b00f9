/** Writes the Prisma client that samples import, if the schema or Prisma has changed since it was last written. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';

const CLIENT = 'src/content/samples/prisma/client/client.ts';
const STAMP = 'node_modules/.cache/handbook/prisma-client';

const inputs = ['src/content/samples/prisma/schema.prisma', 'node_modules/prisma/package.json'];
const digest = createHash('sha256');
for (const path of inputs) digest.update(readFileSync(path));
const wanted = digest.digest('hex');

const upToDate = existsSync(CLIENT) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted;

if (!upToDate) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
    encoding: 'utf8',
    env: {
      // Prisma would download this engine first. `generate` never calls it, so any program does.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      ...process.env,
    },
  });
  if (status !== 0) {
    process.stderr.write(stdout + stderr);
    console.error('The Prisma client could not be generated. Fix the schema named above, then run `npm run generate`.');
    process.exit(1);
  }
  mkdirSync('node_modules/.cache/handbook', { recursive: true });
  writeFileSync(STAMP, wanted);
  console.log('Generated the Prisma client for the samples.');
}
