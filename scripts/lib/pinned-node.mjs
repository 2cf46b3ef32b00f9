import { delimiter, join } from 'node:path';

const OLDEST = 20;

/** What to do about a Node that is too old to start us, or nothing. Takes a version such as `20.19.0`. */
export function complaintAbout(version) {
  if (Number(version.split('.')[0]) >= OLDEST) return undefined;
  return `This needs Node ${OLDEST} or later, and this is Node ${version}. Get one from https://nodejs.org/ and try again.`;
}

/** The path of the Node that package.json pins, whether it is installed or not. */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** `env` for child processes: they find the pinned Node and the installed commands before any other. */
export function pinnedEnvironment(root, env = process.env) {
  // On Windows the variable may be spelled `Path`.
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const first = [join(root, 'node_modules', 'node', 'bin'), join(root, 'node_modules', '.bin')];
  const path = [...first, env[name]].filter(Boolean).join(delimiter);
  return { ...env, [name]: path, ASTRO_TELEMETRY_DISABLED: '1' };
}
