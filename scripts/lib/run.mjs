import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { pinnedEnvironment, pinnedNode } from './pinned-node.mjs';

const BEAT_SECONDS = 20;

/**
 * Runs a program in the foreground and resolves to its exit code, 1 if it could not start or was ended by a signal. If we
 * are told to stop, so is the program, and we end with it.
 * Options are those of `spawn`, and `silent` for a program that may say nothing for minutes: where no terminal shows its
 * spinner, a line every 20 s says that it is still at work.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { silent?: boolean }} [options]
 * @returns {Promise<number>}
 */
export async function run(command, args, { silent = false, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], killSignal: 'SIGKILL', ...options });
  const stopPassing = passStopTo(child);
  const beat = silent && !process.stderr.isTTY ? startBeat() : undefined;
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  clearInterval(beat);
  if (stopPassing()) process.exit(code);
  return code;
}

function startBeat() {
  const started = Date.now();
  return setInterval(() => {
    console.log(`  ... ${Math.round((Date.now() - started) / 1000)} s`);
  }, BEAT_SECONDS * 1000);
}

/** Passes a request to stop on to `child`. Returns how to end that, which says whether there was one. */
function passStopTo(child) {
  let stopped = false;
  const pass = (signal) => {
    stopped = true;
    // A terminal sends Ctrl+C to the child as well; twice would stop it before it has cleaned up.
    if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);

  // npm passes a signal on to its shell, which dies of it without a word to us.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) pass('SIGTERM');
  }, 500);

  return () => {
    process.off('SIGINT', pass).off('SIGTERM', pass);
    clearInterval(watch);
    return stopped;
  };
}

/**
 * Runs npm, the one that started us if there is one, and resolves to its exit code. It runs on the pinned Node once that
 * is installed, and so does everything that it starts.
 * @param {string} root
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNpm(root, args, options = {}) {
  const settings = { cwd: root, env: pinnedEnvironment(root), ...options };
  const cli = process.env.npm_execpath;
  if (!cli || basename(cli) !== 'npm-cli.js') {
    return run('npm', args, { ...settings, shell: process.platform === 'win32' });
  }
  const node = pinnedNode(root);
  return run(existsSync(node) ? node : process.execPath, [cli, ...args], settings);
}
