import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import type { AstroIntegration } from 'astro';
import * as pagefind from 'pagefind';
import type { Outline } from '../lib/outline.ts';
import { outlineOf, type BuiltPage } from './page-outline.ts';

/** Files of Pagefind's that nobody loads: the handbook has its own interface, and searches without a worker. */
const UNUSED = /^pagefind-(ui|modular-ui|component-ui|highlight|worker)\./;

/** The most that the outline may be, in bytes as brotli sends it: a reader loads it before the first result. */
const OUTLINE = 64_000;

/**
 * Writes the search index anew. Starlight ends Pagefind 1.5.2 as soon as it says that it has written, and on a busy machine
 * the last files are then cut off or empty; here they are handed over and written by Node.js. To be listed after Starlight.
 */
export function wholeSearchIndex(): AstroIntegration {
  return {
    name: 'search-index',
    hooks: { 'astro:build:done': ({ dir }) => writeSearchIndex(fileURLToPath(dir)) },
  };
}

/** Writes the index of the pages below the folder `site` to its folder `pagefind`, and the outline beside it. */
export async function writeSearchIndex(site: string): Promise<void> {
  const files = (await indexOf(site)).filter((file) => !UNUSED.test(file.path));
  await rm(join(site, 'pagefind'), { recursive: true, force: true });
  for (const { path, content } of files) {
    const file = join(site, 'pagefind', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, path === 'pagefind.js' ? withHonestChunks(content) : content);
  }
  const pages = await Promise.all(files.map((file) => builtPage(site, file)));
  const outline = fitted(outlineOf(pages.filter((page) => page !== undefined)));
  await writeFile(join(site, 'pagefind', 'outline.json'), JSON.stringify(outline));
}

interface IndexFile {
  path: string;
  content: Uint8Array;
}

/** The files of the index for the pages below `site`. */
async function indexOf(site: string): Promise<IndexFile[]> {
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

/** Pagefind 1.5.2 finds nothing where a part of its index could not be loaded: a reader would be told that nothing is there. */
function withHonestChunks(content: Uint8Array): string {
  const code = Buffer.from(content).toString('utf8');
  const [silent] = /catch\(e\)\{console\.error\(`Failed to load the index chunk [^`]*`\);\}/.exec(code) ?? [];
  if (!silent)
    throw new Error('pagefind.js is not what it was: see how it now fails, in src/integrations/search-index.ts.');
  return code.replace(silent, () => 'catch(e){throw e;}');
}

/** The page that a file of the index holds the text of; undefined for another file. */
async function builtPage(site: string, { path, content }: IndexFile): Promise<BuiltPage | undefined> {
  const [, text] = /^fragment\/(.+)\.pf_fragment$/.exec(path) ?? [];
  if (!text) return undefined;
  const json = gunzipSync(content)
    .toString('utf8')
    .replace(/^pagefind_dcd/, '');
  const below = (JSON.parse(json) as { url: string }).url.replace(/^\//, '');
  const file = [join(site, below, 'index.html'), join(site, below)].find(
    (one) => one.endsWith('.html') && existsSync(one),
  );
  if (!file) throw new Error(`Pagefind indexed ${below}, which is no page of the site.`);
  return { path: below, text, html: await readFile(file, 'utf8') };
}

/** As much of an outline as is light enough; in a site of many pages none, and the index of all texts answers alone. */
function fitted(outline: Outline): Outline {
  const bare = { ...outline, pages: outline.pages.map((page) => ({ ...page, about: '', parts: [] })), words: '' };
  const fits = (one: Outline) => brotliCompressSync(JSON.stringify(one)).length <= OUTLINE;
  return [outline, bare].find(fits) ?? { pages: [], words: '' };
}
