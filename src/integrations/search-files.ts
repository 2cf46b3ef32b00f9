import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

/**
 * Takes away the interfaces that Pagefind writes beside its index: the handbook has its own. Pagefind 1.5.2 does not always
 * wait for the end of the last one, and two builds then differ. To be listed after Starlight.
 */
export function withoutPagefindInterfaces(): AstroIntegration {
  return {
    name: 'without-pagefind-interfaces',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const cwd = fileURLToPath(new URL('pagefind/', dir));
        const files = globSync('pagefind-{ui,modular-ui,component-ui,highlight}.*', { cwd });
        await Promise.all(files.map((file) => rm(`${cwd}/${file}`)));
      },
    },
  };
}
