import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from './pinned-node.mjs';
import { runNpm } from './run.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const STAMP = 'install';
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

const REMEDIES = `
npm could not install the packages; it says why above.
  - Without a network? The packages are downloaded once: connect, and run this again.
  - Does it say that package.json and the lock file differ? Run \`npm install\`, and commit both.
  - Does it say EACCES or EPERM? The folder node_modules belongs to another user, or a program in it still runs.`;

const NO_NODE = `
npm installed the packages, but not the Node that they run on, which the install script of the package \`node\` fetches.
If \`npm config get ignore-scripts\` says true, run \`npm ci --ignore-scripts=false\` and try again.`;

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

const dependenciesOf = ({ dependencies = {}, devDependencies = {} }) => ({ dependencies, devDependencies });

/** What an installation depends on: the lock file, the dependencies in package.json and the machine. */
export function installDigest(root, machine = [process.platform, process.arch]) {
  const wanted = dependenciesOf(json(join(root, 'package.json')));
  return digestOf(root, ['package-lock.json'], { values: [wanted, machine] });
}

/** Whether `node_modules` holds what the lock file asks for, installed by us or by hand. */
export function isInstalled(root) {
  if (!existsSync(pinnedNode(root))) return false;
  return readStamp(root, STAMP) === installDigest(root) || installedByHand(root);
}

/**
 * Whether `npm ci` or `npm install` was run by hand with this lock file. npm leaves a note when it has finished, but also
 * when it was to change the lock file only: what counts is the packages. One left out must be for other machines.
 */
function installedByHand(root) {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return false;
  const { '': project, ...wanted } = json(join(root, 'package-lock.json')).packages;
  const declared = dependenciesOf(json(join(root, 'package.json')));
  return (
    JSON.stringify(dependenciesOf(project)) === JSON.stringify(declared) &&
    Object.entries(wanted).every(([path, { version, optional = false }]) => {
      const manifest = join(root, path, 'package.json');
      return existsSync(manifest) ? json(manifest).version === version : optional;
    }) &&
    spawnSync(pinnedNode(root), ['--version']).status === 0
  );
}

/** Installs what the lock file asks for unless it is there. Throws what to do if it cannot. */
export async function ensureInstalled(root) {
  if (!isInstalled(root)) {
    console.log('Installing packages from the lock file. This takes a minute or two the first time.');
    if ((await runNpm(root, ['ci', ...QUIET], { silent: true })) !== 0) throw new Error(REMEDIES.trim());
    if (!existsSync(pinnedNode(root))) throw new Error(NO_NODE.trim());
  }
  writeStamp(root, STAMP, installDigest(root));
}
