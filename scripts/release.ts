/**
 * `npm run release`, after its build: prints the PDF and packs the site, both from `dist/`, and lists them on the home page.
 * The build itself needs no browser, and makes neither.
 */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright';
import { bookFrom, listTakeaways, settingFrom, type Build } from '../src/integrations/take-away.ts';
import type { Book } from '../src/lib/book.ts';
import { datedOn, numbersIn } from '../src/lib/pdf.ts';
import { printedOf, type PrintSetting } from '../src/lib/print.ts';
import { siteZipOf } from '../src/lib/site-zip.ts';
import { NAME, PDF, SITE_ZIP, sizeInWords } from '../src/lib/takeaway.ts';

/** A book of 600 pages on a busy machine, in milliseconds. */
const PATIENCE = 300_000;

/** The build in `root`, for the address that `env` says, as it said it to the build. */
export function buildIn(root: string, { SITE_URL, BASE_PATH }: NodeJS.ProcessEnv): Build {
  const names = (BASE_PATH ?? '').split('/').filter(Boolean);
  const base = ['', ...names, ''].join('/');
  return { root, dist: join(root, 'dist'), site: { origin: SITE_URL || 'http://localhost:4321', base } };
}

/**
 * The book on paper: printed twice, since the contents name pages whose numbers only the first print knows. The same
 * browser with the same typefaces prints the same bytes.
 */
export async function pdfOf(book: Book, setting: Omit<PrintSetting, 'numbers'>, browser: Browser): Promise<Uint8Array> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const print = async (numbers: ReadonlyMap<string, number>) => {
    const page = await context.newPage();
    await page.setContent(printedOf(book, { ...setting, numbers }), { timeout: PATIENCE });
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, outline: true, tagged: true });
    await page.close();
    return pdf;
  };
  const numbers = numbersIn(await print(new Map()));
  const pdf = await print(numbers);
  await context.close();
  const moved = [...numbersIn(pdf)].find(([id, number]) => numbers.get(id) !== number);
  if (moved) throw new Error(`The contents name another page for ${moved[0]} than it is on.`);
  return book.day ? datedOn(pdf, book.day) : pdf;
}

/** What the printed book from a build is set with. */
export function printSettingFrom(build: Build): Omit<PrintSetting, 'numbers'> {
  const font = readFileSync(join(build.root, 'public/fonts/handbook-serif.woff2'), 'base64');
  return { ...settingFrom(build, 'book.css', 'book-print.css'), font: `data:font/woff2;base64,${font}` };
}

/** The files of a folder by their path, those below folders that begin with a dot as well. */
export function filesIn(folder: string): Map<string, Uint8Array> {
  const paths = ['**/*', '.*/**/*'].flatMap((pattern) => globSync(pattern, { cwd: folder }));
  const files = [...new Set(paths)].filter((path) => statSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(folder, path))]));
}

async function release(build: Build) {
  const executablePath = process.env.HANDBOOK_CHROMIUM;
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  const write = (file: string, bytes: Uint8Array) => {
    writeFileSync(join(build.dist, file), bytes);
    console.log(`dist/${file}, ${sizeInWords(bytes.length)}`);
  };
  try {
    write(PDF.file, await pdfOf(bookFrom(build, PDF), printSettingFrom(build), browser));
  } finally {
    await browser.close();
  }
  write(SITE_ZIP.file, siteZipOf(filesIn(build.dist), build.site, NAME));
  listTakeaways(build);
}

if (import.meta.main) {
  await release(buildIn(fileURLToPath(new URL('..', import.meta.url)), process.env)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
