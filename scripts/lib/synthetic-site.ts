import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSearchIndex } from '../../src/integrations/search-index.ts';

/** Sections of a page and words of a section: with them a page is about as long as a topic. */
const SECTIONS = 8;
const WORDS = 180;

/** Numbers from 0 to 1 that are the same in each run (a linear congruential generator). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

/**
 * Writes a site of so many pages to a folder of its own, whose path it returns: one page of the build in `dist/`, for its
 * dialog, and pages of words that are as frequent as in the handbook, with some that are in few pages. Indexed as the build is.
 */
export async function syntheticSite(count: number): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'handbook-pages-'));
  for (const folder of ['_astro', 'api/index.html'])
    await cp(join('dist', folder), join(root, folder), { recursive: true });
  const words = (await readFile('dist/llms-full.txt', 'utf8')).match(/[a-z]{2,}/gi) ?? [];
  const next = numbersFrom(count);
  const from = (all: string[]) => all[Math.floor(next() * all.length)] ?? '';
  const rare = Array.from({ length: count * 4 }, () => from(words) + from(words));
  const text = (length: number) => Array.from({ length }, () => (next() < 0.02 ? from(rare) : from(words))).join(' ');
  for (let page = 0; page < count; page++) {
    await mkdir(join(root, `made/${page}`), { recursive: true });
    await writeFile(join(root, `made/${page}/index.html`), pageOf(page, text));
  }
  await writeSearchIndex(root);
  return root;
}

function pageOf(page: number, text: (length: number) => string): string {
  const sections = Array.from(
    { length: SECTIONS },
    (_, at) =>
      `<h2 id="part-${at}">${text(4)}</h2><p>${text(WORDS)}</p><p id="rule-made-${page}-${at}">${text(12)}</p>`,
  );
  return `<!doctype html><html lang="en"><body><main data-pagefind-body>
    <h1 data-pagefind-meta="title">${text(3)} ${page}</h1><p class="promise">${text(18)}</p>
    <span hidden data-pagefind-meta="kind:Topic"></span><span hidden data-pagefind-meta="chapter:Made"></span>
    ${sections.join('\n')}
    <p hidden id="keywords" data-pagefind-weight="8">${Array.from({ length: 12 }, () => text(2)).join('. ')}</p>
    </main></body></html>`;
}
