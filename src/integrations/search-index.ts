import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import * as pagefind from 'pagefind';

/** Interfaces that Pagefind writes beside its index. The handbook has its own. */
const INTERFACE = /^pagefind-(ui|modular-ui|component-ui|highlight)\./;

/**
 * Writes the search index anew. Starlight ends Pagefind 1.5.2 as soon as it says that it has written, and on a busy machine
 * the last files are then cut off or empty; here they are handed over and written by Node.js. To be listed after Starlight.
 */
export function wholeSearchIndex(): AstroIntegration {
  return {
    name: 'search-index',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const site = fileURLToPath(dir);
        const files = await indexOf(site);
        await rm(join(site, 'pagefind'), { recursive: true, force: true });
        for (const { path, content } of files.filter((file) => !INTERFACE.test(file.path))) {
          const file = join(site, 'pagefind', path);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, content);
        }
      },
    },
  };
}

/** The files of the index for the pages below `site`. */
async function indexOf(site: string): Promise<{ path: string; content: Uint8Array }[]> {
  const { index, errors } = await pagefind.createIndex();
  if (!index) throw new Error(`Pagefind could not be started: ${errors.join(', ')}`);
  try {
    // What Starlight's own run wrote is no page.
    const added = await index.addDirectory({ path: site, glob: '**/*.html' });
    const { files, errors: faults } = await index.getFiles();
    const all = [...added.errors, ...faults];
    if (all.length > 0) throw new Error(`Pagefind could not index the pages: ${all.join(', ')}`);
    return files;
  } finally {
    await pagefind.close();
  }
}
