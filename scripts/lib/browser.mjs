import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { run } from './run.mjs';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const LIMIT_SECONDS = 300;

const REMEDY =
  'No Chromium was found, and none could be installed. Install Chromium or Chrome, or set HANDBOOK_CHROMIUM to the path ' +
  'of one, and run this again.';

const isRoot = process.getuid?.() === 0;

/**
 * A Chromium that starts: the path of its program, and where it came from in words. If there is none, one is installed.
 * Rejects with what to do if that fails too.
 * @returns {Promise<{ path: string, origin: string }>}
 */
export async function ensureBrowser(env = process.env) {
  const browser =
    given(env) ??
    (await playwrights()) ??
    installed(env) ??
    (await playwrights({ install: true })) ??
    (await debians(env));
  if (!browser) throw new Error(REMEDY);
  return browser;
}

function given({ HANDBOOK_CHROMIUM: path }) {
  if (!path) return undefined;
  if (!starts(path)) throw new Error(`HANDBOOK_CHROMIUM is ${path}, which does not start. Correct it, or unset it.`);
  return { path, origin: 'HANDBOOK_CHROMIUM' };
}

/** The browser on the system, by the names that it goes by. */
function installed({ PATH = '' }) {
  const paths = COMMANDS.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  const path = [...paths, ...APPLICATIONS].find((candidate) => isProgram(candidate) && starts(candidate));
  return path && { path, origin: 'on this system' };
}

/** The browser that Playwright downloads. */
async function playwrights({ install = false } = {}) {
  if (install) await installPlaywrights();
  const { chromium } = await import('playwright');
  const path = chromium.executablePath();
  return existsSync(path) ? { path, origin: install ? 'just installed by Playwright' : "Playwright's own" } : undefined;
}

async function installPlaywrights() {
  console.log(`No Chromium here: asking Playwright for one, for at most ${LIMIT_SECONDS / 60} minutes.`);
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  const libraries = isRoot ? ['--with-deps'] : [];
  await run(process.execPath, [cli, 'install', ...libraries, 'chromium'], {
    env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000', ...process.env },
    timeout: LIMIT_SECONDS * 1000,
    silent: true,
  });
}

/** Debian's own package, which needs nothing but Debian's servers. */
async function debians(env) {
  if (!isRoot || !existsSync('/etc/debian_version')) return undefined;
  console.log('Playwright has none: asking apt-get for the package chromium.');
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, silent: true };
  await run('apt-get', ['update', '-qq'], options);
  const code = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  return code === 0 ? installed(env) : undefined;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Some systems have a script by that name which only says how to install the browser. */
function starts(path) {
  return spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}
