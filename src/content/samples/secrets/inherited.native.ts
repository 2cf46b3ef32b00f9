import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

const run = promisify(execFile);
const SECRET = `canary-${randomUUID()}`;
const directory = await mkdtemp(join(tmpdir(), 'secrets-'));
const file = join(directory, 'payment-key');
await writeFile(file, SECRET, { mode: 0o600 });

const SHOW = 'console.log(JSON.stringify(process.env))';
const FROM_WORKER = `require('node:worker_threads')
  .parentPort.postMessage(JSON.stringify(process.env))`;
const heardFrom = (worker: Worker) =>
  new Promise<string>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });

// #region inherited
const node = process.execPath;
const { PATH = '' } = process.env;
process.env.PAYMENT_KEY = SECRET;

/** What somebody else gets to see, while the key is in the environment. */
const places: Record<string, () => Promise<string> | string> = {
  'a child process': async () => (await run(node, ['-e', SHOW])).stdout,
  'a child, env: { PATH }': async () =>
    (await run(node, ['-e', SHOW], { env: { PATH } })).stdout,
  'a worker thread': () => heardFrom(new Worker(FROM_WORKER, { eval: true })),
  'a worker, env: {}': () =>
    heardFrom(new Worker(FROM_WORKER, { eval: true, env: {} })),
  'a diagnostic report': () => JSON.stringify(process.report.getReport()),
  'a report, excludeEnv': () => {
    process.report.excludeEnv = true;
    return JSON.stringify(process.report.getReport());
  },
  'a TypeError of new URL': () => {
    try {
      return new URL(`postgres//shop:${process.env.PAYMENT_KEY}@db`).href;
    } catch (error) {
      return inspect(error); // as a logger prints it
    }
  },
};

/** The same for a key that lies in a file, and is read by who needs it. */
async function withFile() {
  delete process.env.PAYMENT_KEY;
  process.env.PAYMENT_KEY_FILE = file;
  const key = (await readFile(file, 'utf8')).trimEnd();
  const { stdout } = await run(node, ['-e', SHOW]);
  return { key, child: stdout };
}
// #endregion inherited

const seen: Record<string, boolean> = {};
for (const [name, look] of Object.entries(places)) {
  seen[name] = (await look()).includes(SECRET);
  console.log(name.padEnd(28) + (seen[name] ? 'the key' : '-'));
}
const { key, child } = await withFile();
assert.equal(key, SECRET);
seen['a child, key in a file'] = child.includes(SECRET);
console.log(
  'a child, key in a file'.padEnd(28) +
    (child.includes(SECRET) ? 'the key' : '-'),
);
assert.deepEqual(seen, {
  'a child process': true,
  'a child, env: { PATH }': false,
  'a worker thread': true,
  'a worker, env: {}': false,
  'a diagnostic report': true,
  'a report, excludeEnv': false,
  'a TypeError of new URL': true,
  'a child, key in a file': false,
});

const env = join(directory, '.env');
await writeFile(env, 'LEVEL=from the file\n');
const level = (args: string[], given: Record<string, string> = {}) => {
  const all = [...args, '-p', 'process.env.LEVEL'];
  const options = { env: { PATH, ...given }, encoding: 'utf8' } as const;
  const { stdout, status } = spawnSync(node, all, options);
  return status === 0 ? stdout.trim() : `exit ${status}`;
};
const files = {
  '--env-file=.env': level([`--env-file=${env}`]),
  'and LEVEL=from the shell': level([`--env-file=${env}`], {
    LEVEL: 'from the shell',
  }),
  '--env-file, no file': level([`--env-file=${env}.none`]),
  '--env-file-if-exists': level([`--env-file-if-exists=${env}.none`]),
};
console.log('node');
for (const [name, value] of Object.entries(files))
  console.log(`  ${name}`.padEnd(28) + value);
assert.deepEqual(Object.values(files), [
  'from the file',
  'from the shell',
  'exit 9',
  'undefined',
]);
await rm(directory, { recursive: true });
