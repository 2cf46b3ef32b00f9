import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { partsFrom, type Book, type Setting } from '../lib/book.ts';
import { epubOf } from '../lib/epub.ts';
import { changesIn, lastChange } from '../lib/history.ts';
import { EPUB, TAKEAWAYS, withTakeaways, type Takeaway } from '../lib/takeaway.ts';
import { lightTokens } from '../lib/tokens.ts';
import type { Site } from '../lib/url.ts';
import { logOf } from './history.ts';

/** Where a build lies, what it was made from, and where it will be published. */
export interface Build {
  /** The folder of the project. */
  root: string;
  /** The folder of the pages. */
  dist: string;
  site: Site;
}

/** Makes the EPUB from the pages of the build, and lists on the home page what there is to take away. */
export function takeAway(): AstroIntegration {
  let root = '';
  let site: Site = { origin: '', base: '/' };
  return {
    name: 'take-away',
    hooks: {
      'astro:config:done': ({ config }) => {
        root = fileURLToPath(config.root);
        site = { origin: config.site ?? '', base: config.base.replace(/\/?$/, '/') };
      },
      'astro:build:done': ({ dir, logger }) => {
        const build = { root, dist: fileURLToPath(dir), site };
        const epub = epubOf(bookFrom(build, EPUB), settingFrom(build, 'book.css'));
        writeFileSync(join(build.dist, EPUB.file), epub);
        listTakeaways(build);
        logger.info(`${EPUB.file}, ${epub.length} bytes`);
      },
    },
  };
}

/** The book in the pages of a build. */
export function bookFrom({ root, dist, site }: Build, { omits }: Takeaway): Book {
  const read = (path: string) => readFileSync(join(dist, path, 'index.html'), 'utf8');
  const [, ranOn = ''] = /<span[^>]*>\s*(Programs ran on [^<]*?)\s*</.exec(read('')) ?? [];
  const [, title = ''] = /<meta property="og:site_name" content="([^"]*)"/.exec(read('')) ?? [];
  const [, description = ''] = /<meta name="description" content="([^"]*)"/.exec(read('')) ?? [];
  if (!ranOn || !title || !description) throw new Error('The home page no longer says what the book says of itself.');
  return { title, description, omits, ranOn, day: dayOf(root), parts: partsFrom(site.base, read) };
}

/** What a book from this build is set with; `sheets` are the names of its style sheets. */
export function settingFrom({ root, site }: Build, ...sheets: string[]): Setting {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const [mark = ''] = /<path[\s\S]*?\/>/.exec(read('public/favicon.svg')) ?? [];
  const css = sheets.map((name) => read(`src/styles/${name}`)).join('\n');
  return { site, css, tokens: lightTokens(read('src/styles/tokens.css')), mark };
}

/** Lists on the home page of a build those of the files to take away that lie in it. */
export function listTakeaways({ root, dist, site }: Build): void {
  const home = join(dist, 'index.html');
  const files = TAKEAWAYS.map(({ file }) => file).filter((file) => existsSync(join(dist, file)));
  const sizes = new Map(files.map((file) => [file, statSync(join(dist, file)).size]));
  writeFileSync(home, withTakeaways(readFileSync(home, 'utf8'), sizes, { base: site.base, day: dayOf(root) }));
}

const dayOf = (root: string) => lastChange(changesIn(logOf(root)));
