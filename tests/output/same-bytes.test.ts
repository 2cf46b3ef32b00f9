import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { DIST } from './dist.ts';
import { buildEnvironment } from './trial.ts';

const run = promisify(execFile);
const AGAIN = '.trial/again';

const SANDBOX = join(process.cwd(), '.trial/sandbox');

afterAll(() => Promise.all([AGAIN, SANDBOX].map((path) => rm(path, { recursive: true, force: true }))));

/** A digest for each file below a folder. */
function digests(root: string): Record<string, string> {
  const files = [...globSync('**/*', { cwd: root }), ...globSync('.well-known/**/*', { cwd: root })]
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();
  return Object.fromEntries(
    files.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  );
}

test('a second build, on a busy machine, gives the same bytes', { timeout: 300_000 }, async () => {
  // Threads that count for as long as the build takes, two for each processor.
  const busy = Array.from({ length: 2 * availableParallelism() }, () => new Worker('for (;;);', { eval: true }));
  const build = run(process.execPath, ['node_modules/astro/bin/astro.mjs', 'build', '--force', '--outDir', AGAIN], {
    env: buildEnvironment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  await build.finally(() => Promise.all(busy.map((worker) => worker.terminate())));
  expect(digests(AGAIN)).toEqual(digests(DIST));
});

test('the sandbox, built from nothing, is the same bytes again', { timeout: 300_000 }, async () => {
  await rm(SANDBOX, { recursive: true, force: true });
  // As Astro runs it, by Node.js alone: here packages would be loaded by Vitest.
  const script = `
    import { builtSandbox } from './src/integrations/sandbox.ts';
    process.stdout.write(await builtSandbox(process.cwd(), () => {}, ${JSON.stringify(SANDBOX)}));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  expect(digests(stdout)).toEqual(digests(join(DIST, '_sandbox')));
});
