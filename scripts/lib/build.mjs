import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './run.mjs';
import { digestOf, readStamp, removeStamp, writeStamp } from './stamp.mjs';

const STAMP = 'build';

/** What the site is made from. Pages state the licence, and the versions in `package.json`. */
const INPUTS = [
  'LICENSE',
  'src',
  'public',
  'astro.config.mjs',
  'package.json',
  'package-lock.json',
  'prisma.config.ts',
  'scripts/generate.mjs',
  'tsconfig.json',
];

/** The Prisma client is made during the build, from inputs that count already. */
const GENERATED = 'src/content/samples/prisma/client';

/** What a build depends on: the inputs, the days of their changes, and the addresses that it is made for. */
export function buildDigest(root, { SITE_URL = '', BASE_PATH = '', REPOSITORY_URL = '' } = process.env) {
  const values = [SITE_URL, BASE_PATH, REPOSITORY_URL, lastCommit(root)];
  return digestOf(root, INPUTS, { values, except: GENERATED });
}

/** The last commit that changed an input: pages state its day. Empty where there is no history. */
function lastCommit(root) {
  const { stdout } = spawnSync('git', ['log', '-1', '--format=%H', '--', ...INPUTS], { cwd: root, encoding: 'utf8' });
  return stdout ?? '';
}

/** A digest for what lies in `dist/`: a build by another command changes it, so that it is not taken for ours. */
function stampOf(root, digest) {
  const page = join(root, 'dist', 'index.html');
  return existsSync(page) ? `${digest} ${statSync(page).mtimeMs}` : undefined;
}

/** Whether `dist/` is what a build would make now. */
export function isBuilt(root, env = process.env) {
  const stamp = stampOf(root, buildDigest(root, env));
  return stamp !== undefined && stamp === readStamp(root, STAMP);
}

/** Records that `dist/` was just made from inputs whose digest was `digest` before the build. */
export function noteBuild(root, digest) {
  const stamp = stampOf(root, digest);
  if (stamp) writeStamp(root, STAMP, stamp);
}

/** Builds the site unless `dist/` is up to date, and resolves to whether it is now. */
export async function ensureBuilt(root) {
  if (isBuilt(root)) {
    console.log('dist/ is up to date.');
    return true;
  }
  const digest = buildDigest(root);
  removeStamp(root, STAMP);
  const code = await runNpm(root, ['run', '--silent', 'build']);
  if (code === 0) noteBuild(root, digest);
  return code === 0;
}
