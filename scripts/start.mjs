/** `npm start`: installs and builds what is missing or out of date, then serves the site until Ctrl+C. */
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { complaintAbout, pinnedEnvironment, pinnedNode } from './lib/pinned-node.mjs';
import { run } from './lib/run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Resolves to the exit code. */
async function start() {
  const complaint = complaintAbout(process.versions.node);
  if (complaint) throw new Error(complaint);
  await ensureInstalled(root);
  if (!(await ensureBuilt(root))) {
    throw new Error(
      'The site could not be built; the message above says where. Correct it, then run `npm start` again.',
    );
  }
  return run(pinnedNode(root), ['scripts/serve.ts'], { cwd: root, env: pinnedEnvironment(root) });
}

process.exitCode = await start().catch((error) => {
  console.error(`\n${error.message}`);
  return 1;
});
