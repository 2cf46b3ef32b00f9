import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Where we keep what we know about an installation. It goes when `node_modules` goes. */
export const CACHE = 'node_modules/.cache/handbook';

/**
 * A SHA-256 over the names and bytes of the files at and below `paths`, and over `values`. A path that does not exist
 * counts, as absent; what lies below `except` does not.
 * @param {string} root
 * @param {string[]} paths relative to `root`, with forward slashes
 * @param {{ values?: unknown[], except?: string }} [more]
 */
export function digestOf(root, paths, { values = [], except } = {}) {
  const digest = createHash('sha256').update(JSON.stringify(values));
  for (const path of paths.flatMap((start) => filesBelow(root, start))) {
    if (except && path.startsWith(`${except}/`)) continue;
    const bytes = readFileSync(join(root, path));
    digest.update(`\n${path} ${bytes.length}\n`).update(bytes);
  }
  return digest.digest('hex');
}

function filesBelow(root, start) {
  const path = join(root, start);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [start];
  const below = readdirSync(path, { recursive: true }).map((name) => `${start}/${name.split(sep).join('/')}`);
  return below.filter((name) => statSync(join(root, name)).isFile()).sort();
}

/** The stamp last left under `name`, or nothing. */
export function readStamp(root, name) {
  const path = join(root, CACHE, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Leaves a stamp. */
export function writeStamp(root, name, stamp) {
  const path = join(root, CACHE, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stamp);
}

/** Takes a stamp back, so that work that is broken off is done again. */
export function removeStamp(root, name) {
  rmSync(join(root, CACHE, name), { force: true });
}
