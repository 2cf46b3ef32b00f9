import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const MODULE = 'virtual:history';

/** What the handbook is made of, and what the day of its last change is looked for in. */
const PATHS = ['src', 'public', 'astro.config.mjs', 'package.json', 'package-lock.json'];

/** Lets the catalog import what git knows about the project's files, as text. */
export function history(): AstroIntegration {
  return {
    name: 'history',
    hooks: {
      'astro:config:setup': ({ config, updateConfig }) => {
        const root = fileURLToPath(config.root);
        const plugin = {
          name: 'handbook-history',
          resolveId: (id: string) => (id === MODULE ? `\0${MODULE}` : undefined),
          load: (id: string) => (id === `\0${MODULE}` ? `export default ${JSON.stringify(logOf(root))};` : undefined),
        };
        updateConfig({ vite: { plugins: [plugin] } });
      },
    },
  };
}

/**
 * The commits that changed the handbook below `root`, newest first, in the form that `changesIn` reads. Empty where git
 * does not know: in an unpacked archive, and in a shallow clone, which dates every file by its first commit.
 */
export function logOf(root: string): string {
  const git = (...args: string[]) =>
    spawnSync('git', ['-c', 'core.quotePath=off', ...args], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (git('rev-parse', '--is-shallow-repository').stdout?.trim() !== 'false') return '';
  const { status, stdout } = git('log', '--format=%x00%cs', '--name-only', '--relative', '--', ...PATHS);
  return status === 0 ? stdout : '';
}
