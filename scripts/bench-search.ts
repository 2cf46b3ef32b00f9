/**
 * `npm run bench:search`: how well, how fast and how light the search is, from the build in `dist/`, in Chromium. Build
 * first. `--misses` names the queries of the tuning set that fail; those held back stay unnamed, so that nobody tunes on them.
 * `--pages 1000` measures times and bytes on so many pages that are made up.
 */
import { rm } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';
import { chromium, type Browser, type Page } from '@playwright/test';
import { heldBackQueries, placeOf, qualityOf, tuningQueries, type Query } from '../tests/browser/queries.ts';
import { dialog } from '../tests/browser/search.ts';
import { syntheticSite } from './lib/synthetic-site.ts';
import { startServer } from './serve.ts';

const RUNS = 9;
const TIMED = 'cursor pagination';

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`;

/** A page that has loaded, in a browser context that has cached nothing. */
async function freshPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${url}api/`);
  await page.waitForLoadState('networkidle');
  return page;
}

async function open(page: Page) {
  await page.keyboard.press('/');
  await dialog(page).waitFor();
}

async function quality(page: Page, name: string, queries: Query[], misses: boolean) {
  const places: number[] = [];
  for (const query of queries) {
    const place = await placeOf(page, query);
    places.push(place);
    if (misses && place !== 1) console.log(`  ${place}  ${query.words}  (${query.topics.join(', ')})`);
  }
  const { hit1, hit3, reciprocal } = qualityOf(places);
  const figures = `hit@1 ${hit1.toFixed(3)}   hit@3 ${hit3.toFixed(3)}   MRR ${reciprocal.toFixed(3)}`;
  console.log(`${name.padEnd(28)} ${String(queries.length).padStart(4)} queries   ${figures}`);
}

/** Types `words` into the open dialog. Resolves to the milliseconds from the last key to the first row that answers them. */
function timed(page: Page, words: string): Promise<number> {
  return dialog(page).evaluate((element, typed) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const input = element.querySelector('input');
    const list = element.querySelector<HTMLElement>('[role="listbox"]');
    if (!input || !list) throw new Error('The dialog has no field or no list.');
    let began = 0;
    new MutationObserver((_, observer) => {
      if (list.dataset['words'] !== typed || !list.querySelector('[role="option"]')) return;
      observer.disconnect();
      resolve(performance.now() - began);
    }).observe(list, { childList: true, subtree: true, attributes: true });
    for (let end = 1; end <= typed.length; end++) {
      input.value = typed.slice(0, end);
      began = performance.now();
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
    return promise;
  }, words);
}

/** What opening the search and asking once loads, as brotli sends it, until the first row and until all is still. */
async function loaded(page: Page, words: string): Promise<{ first: number; all: number }> {
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    const size = response.body().then(
      (body) => Math.min(body.length, brotliCompressSync(body).length),
      () => 0,
    );
    sizes.push(size);
  });
  await open(page);
  await timed(page, words);
  const total = async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  const first = await total();
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1_000);
  return { first, all: await total() };
}

async function costs(browser: Browser, url: string) {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await freshPage(browser, url);
    await open(page);
    cold.push(await timed(page, TIMED));
    await page.waitForTimeout(500);
    for (const words of ['lost update', TIMED, 'isolation level']) warm.push(await timed(page, words));
    await page.context().close();
  }
  const page = await freshPage(browser, url);
  const { first, all } = await loaded(page, TIMED);
  await page.context().close();
  console.log(
    `last key to first result: cold ${median(cold).toFixed(0)} ms, warm ${median(warm).toFixed(0)} ms (medians)`,
  );
  console.log(
    `loaded until the first result ${kilobytes(first)}, until the list is complete ${kilobytes(all)} (brotli)`,
  );
}

async function measureHandbook(browser: Browser, url: string) {
  const page = await freshPage(browser, url);
  page.setDefaultTimeout(5_000);
  await open(page);
  await quality(page, 'tuning set', tuningQueries(), process.argv.includes('--misses'));
  await quality(page, 'held back', heldBackQueries(), false);
  await page.context().close();
  await costs(browser, url);
}

const made = process.argv.includes('--pages') ? Number(process.argv[process.argv.indexOf('--pages') + 1]) : 0;
const root = made > 0 ? await syntheticSite(made) : 'dist';
const site = await startServer({ root, base: made > 0 ? '' : (process.env['BASE_PATH'] ?? ''), port: 0 });
const executablePath = process.env['HANDBOOK_CHROMIUM'];
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
try {
  if (made > 0) {
    console.log(`${made.toLocaleString('en')} pages that were made up:`);
    await costs(browser, site.url);
  } else {
    await measureHandbook(browser, site.url);
  }
} finally {
  await browser.close();
  await site.close();
  if (made > 0) await rm(root, { recursive: true });
}
