import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { DIST } from './dist.ts';
import { Trial } from './trial.ts';

const trial = new Trial('again');
afterAll(() => trial.remove());

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

test('a second build, elsewhere and on a busy machine, gives the same bytes', { timeout: 300_000 }, async () => {
  // Threads that count for as long as the build takes, two for each processor.
  const busy = Array.from({ length: 2 * availableParallelism() }, () => new Worker('for (;;);', { eval: true }));
  await trial.lay();
  const { succeeded, output } = await trial
    .build()
    .finally(() => Promise.all(busy.map((worker) => worker.terminate())));
  expect(succeeded, output).toBe(true);
  expect(digests(join(trial.root, 'dist'))).toEqual(digests(DIST));
});
