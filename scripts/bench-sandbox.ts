/**
 * `npm run bench:sandbox`: what running a program in the page costs, from the build in `dist/`. Bytes as brotli sends them;
 * times as ratios of one session, since a machine's absolute times say little. Build first.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { chromium, type Browser, type Page } from '@playwright/test';
import { build } from 'esbuild';
import { filesFor, specifiersOf } from '../src/sandbox/imports.ts';
import { servicesFor, type Manifest } from '../src/sandbox/protocol.ts';
import { startServer } from './serve.ts';

const RUNS = 9;
const FOLDER = 'dist/_sandbox';
/** Programs with Express and Prisma, and the page that shows them. The first is small; the second tests a whole API. */
const PROGRAMS = [
  { page: 'prisma/prisma-errors/', file: 'prisma-errors/meta-target.ts' },
  { page: 'prisma/prisma-errors/', file: 'prisma-errors/endpoint.ts' },
] as const;
const [PRISMA] = PROGRAMS;

const manifest = JSON.parse(await readFile(`${FOLDER}/manifest.json`, 'utf8')) as Manifest;

const brotli = (bytes: Uint8Array) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }).length;
const sizes = new Map<string, number>();

async function sizeOf(name: string): Promise<number> {
  const known = sizes.get(name);
  if (known !== undefined) return known;
  const size = brotli(await readFile(join(FOLDER, manifest.files[name]?.path ?? '')));
  sizes.set(name, size);
  return size;
}

/** What a first run of a program with these imports fetches. */
async function firstRun(specifiers: string[]): Promise<number> {
  let total = 0;
  for (const name of filesFor(manifest, specifiers, servicesFor(specifiers))) total += await sizeOf(name);
  for (const name of ['manifest.json', 'frame.html']) total += brotli(await readFile(join(FOLDER, name)));
  return total;
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 0 })} KB`;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function report(what: string, value: string, limit: string, met: boolean) {
  console.log(`${met ? 'met   ' : 'MISSED'}  ${what.padEnd(58)} ${value.padStart(12)}   target ${limit}`);
}

async function bytes() {
  const source = await readFile(`src/content/samples/${PRISMA.file}`, 'utf8');
  const prisma = [...new Set([...specifiersOf(source), 'express', 'zod'])].filter((name) => !name.startsWith('./'));
  const rows: [string, string[], number][] = [
    ['first run, Prisma + Express + Zod', prisma, 5_000_000],
    ['first run, SQL alone', ['pg', 'assert/strict'], 4_200_000],
    ['first run, Zod alone', ['zod', 'assert/strict'], 300_000],
  ];
  for (const [what, specifiers, limit] of rows) {
    const size = await firstRun(specifiers);
    report(what, kilobytes(size), kilobytes(limit), size <= limit);
  }
}

/** Opens a page anew, runs a program and returns how long it took from the click to its end, in milliseconds. */
async function timed(page: Page, url: string, { file }: { file: string }, before?: () => Promise<void>) {
  await page.goto(url);
  await before?.();
  return page.locator(`figure[data-sample="${file}"]`).evaluate((figure) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let began = 0;
    new MutationObserver(() => {
      if (figure.dataset['state'] === 'done') resolve(performance.now() - began);
      if (figure.dataset['state'] === 'failed') reject(new Error(figure.querySelector('.status')?.textContent ?? ''));
    }).observe(figure, { attributes: true, attributeFilter: ['data-state'] });
    began = performance.now();
    figure.querySelector<HTMLElement>('[data-act="run"]')?.click();
    return promise;
  });
}

/** As a reader who has run the program and turns to it again: all is ready when Run is pressed. */
async function warmed(page: Page, { file }: { file: string }) {
  const figure = page.locator(`figure[data-sample="${file}"]`);
  await figure.locator('[data-act="run"]').click();
  await figure.and(page.locator('[data-state="done"]')).waitFor({ timeout: 120_000 });
  await page.mouse.move(0, 0);
  await figure.locator('[data-act="run"]').hover();
  await page.waitForTimeout(6_000);
}

/** A page that starts PGlite from the same snapshot and asks it for 1, in a worker, with nothing of ours around it. */
async function barePage(): Promise<{ root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'handbook-bench-'));
  const names = ['pglite.wasm', 'pglite.data', 'snapshot.tar'];
  for (const name of names) {
    await writeFile(join(root, name), await readFile(join(FOLDER, manifest.files[name]?.path ?? '')));
  }
  const worker = `
    import { PGlite } from '@electric-sql/pglite';
    const get = (name) => fetch(new URL(name, self.location.href));
    const began = performance.now();
    const [wasm, fsBundle, loadDataDir] = await Promise.all([
      WebAssembly.compileStreaming(get('/pglite.wasm')),
      get('/pglite.data').then((one) => one.blob()),
      get('/snapshot.tar').then((one) => one.blob()),
    ]);
    const initdbWasmModule = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    const db = await PGlite.create({ pgliteWasmModule: wasm, fsBundle, loadDataDir, initdbWasmModule });
    await db.query('select 1');
    postMessage(performance.now() - began);`;
  await build({
    stdin: { contents: worker, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    outfile: join(root, 'worker.js'),
    // What PGlite imports when it runs in Node.js: here it finds nothing there, and does not look.
    plugins: [
      {
        name: 'no-builtins',
        setup(bundle) {
          bundle.onResolve({ filter: /^(node:)?[a-z_]+(\/promises)?$/ }, ({ path }) => ({ path, namespace: 'none' }));
          bundle.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
        },
      },
    ],
    logLevel: 'error',
  });
  const page = `<!doctype html><script>
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => (window.took = data);
    worker.onerror = (event) => (window.took = 'failed: ' + event.message);
  </script>`;
  await writeFile(join(root, 'index.html'), page);
  return { root };
}

async function times(browser: Browser) {
  const site = await startServer({ root: 'dist', base: '', port: 0 });
  const { root } = await barePage();
  const bareSite = await startServer({ root, base: '', port: 0 });
  try {
    const page = await (await browser.newContext()).newPage();
    const url = site.url + PRISMA.page;
    await timed(page, url, PRISMA); // Fills the HTTP cache.
    const bare: number[] = [];
    const cold = PROGRAMS.map((): number[] => []);
    const warm = PROGRAMS.map((): number[] => []);
    for (let run = 0; run < RUNS; run++) {
      await page.goto(bareSite.url);
      const took = await page.waitForFunction(() => (window as { took?: unknown }).took, undefined, {
        timeout: 60_000,
      });
      const milliseconds = await took.jsonValue();
      if (typeof milliseconds !== 'number') throw new Error(`Bare PGlite ${String(milliseconds)}.`);
      bare.push(milliseconds);
      for (const [index, program] of PROGRAMS.entries()) {
        const address = site.url + program.page;
        cold[index]?.push(await timed(page, address, program));
        warm[index]?.push(await timed(page, address, program, () => warmed(page, program)));
      }
    }
    const base = median(bare);
    const ratio = (value: number) => `${(value / base).toFixed(2)} x`;
    console.log(`        bare PGlite start and select 1, median of ${RUNS}: ${base.toFixed(0)} ms on this machine`);
    PROGRAMS.forEach(({ file }, index) => {
      const [first, next] = [median(cold[index] ?? []), median(warm[index] ?? [])];
      report(`${file}, click to done`, ratio(first), '2.5 x', first <= 2.5 * base);
      report(`${file}, prewarmed`, ratio(next), '0.8 x', next <= 0.8 * base);
    });
    await blocking(page, url);
    await secondRun(browser, url);
  } finally {
    await Promise.all([site.close(), bareSite.close(), rm(root, { recursive: true, force: true })]);
  }
}

/** The longest task of the page's main thread while a program runs. */
async function blocking(page: Page, url: string) {
  await page.goto(url);
  await page.evaluate(() => {
    const seen: number[] = ((window as { tasks?: number[] }).tasks = []);
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => seen.push(duration))).observe({
      entryTypes: ['longtask'],
    });
  });
  const figure = page.locator(`figure[data-sample="${PRISMA.file}"]`);
  await figure.locator('[data-act="run"]').click();
  await figure.and(page.locator('[data-state="done"]')).waitFor({ timeout: 120_000 });
  const longest = await page.evaluate(() => Math.max(0, ...((window as { tasks?: number[] }).tasks ?? [])));
  report('longest task of the main thread during a run', `${longest.toFixed(0)} ms`, '100 ms', longest <= 100);
}

/** What a second run of a visit sends over the network. */
async function secondRun(browser: Browser, url: string) {
  const page = await (await browser.newContext()).newPage();
  await timed(page, url, PRISMA);
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  let received = 0;
  client.on('Network.loadingFinished', ({ encodedDataLength }) => (received += encodedDataLength));
  const figure = page.locator(`figure[data-sample="${PRISMA.file}"]`);
  await figure.locator('[data-act="run"]').click();
  await figure.and(page.locator('[data-state="loading"], [data-state="running"]')).waitFor();
  await figure.and(page.locator('[data-state="done"]')).waitFor({ timeout: 120_000 });
  report('second run of a visit', `${received} bytes`, '2,000 bytes', received <= 2_000);
}

await bytes();
const executablePath = process.env.HANDBOOK_CHROMIUM;
const browser = await chromium.launch({
  ...(executablePath && { executablePath }),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
await times(browser).finally(() => browser.close());
