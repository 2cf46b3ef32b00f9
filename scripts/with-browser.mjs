/** `node scripts/with-browser.mjs <command...>`: finds or installs a Chromium, and runs the command with its path. */
import { ensureBrowser } from './lib/browser.mjs';
import { run } from './lib/run.mjs';

const [command, ...args] = process.argv.slice(2);

/** Resolves to the exit code. */
async function start() {
  if (!command) throw new Error('Which command? For example: node scripts/with-browser.mjs playwright test');
  const { path, origin } = await ensureBrowser();
  console.log(`Browser: ${path} (${origin})`);
  return run(command, args, {
    env: { ...process.env, HANDBOOK_CHROMIUM: path },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

process.exitCode = await start().catch((error) => {
  console.error(error.message);
  return 1;
});
