import { chapters } from '../chapters.ts';
import { bookPageOf, type BookPage } from './book-page.ts';
import { dayInWords } from './history.ts';
import { escaped } from './text.ts';
import { absolute, type Site } from './url.ts';

/** A chapter with its pages, of which the first is its overview. */
export interface BookPart {
  title: string;
  pages: BookPage[];
}

/** The handbook as a book: the same for every form that it is published in. */
export interface Book {
  title: string;
  /** What it is, in a sentence. */
  description: string;
  /** What it leaves out, in a sentence. */
  omits: string;
  /** What the programs ran on, in a sentence. */
  ranOn: string;
  /** The day of the last change, if it is known: `2026-07-24`. */
  day: string | undefined;
  parts: BookPart[];
}

/** What a book is set with. */
export interface Setting {
  site: Site;
  /** The style sheet, with the tokens of light pages in it. */
  css: string;
  tokens: ReadonlyMap<string, string>;
  /** The mark, as SVG of 16 by 16 units. */
  mark: string;
}

/** Pages of chapters that are tools more than text. */
const TOOLS = ['skill/', 'checklist/', 'versions/'];

const LICENCE = 'licence/';

/**
 * The parts of the book from the pages of the site, each given by `read`: the chapters, with their pages in the order in
 * which "next" leads through them, and a last part for pages that are in no chapter's folder.
 */
export function partsFrom(base: string, read: (path: string) => string): BookPart[] {
  const order: string[] = [];
  for (let path: string | undefined = `${chapters[0]?.name}/`; path; path = nextIn(read(path), base)) {
    if (order.includes(path)) throw new Error(`"next" leads to ${path} twice: it must lead to every page once.`);
    order.push(path);
  }
  const pages = [...order, LICENCE].filter((path) => !TOOLS.includes(path)).map((path) => bookPageOf(path, read(path)));
  const parts = chapters.map(({ name, title }) => ({
    title,
    pages: pages.filter(({ path }) => path.startsWith(`${name}/`)),
  }));
  const rest = pages.filter((page) => !parts.some((part) => part.pages.includes(page)));
  return [...parts, { title: 'At the end', pages: rest }].filter((part) => part.pages.length > 0);
}

function nextIn(html: string, base: string): string | undefined {
  const [link] = /<a [^>]*\brel="next"[^>]*>/.exec(html) ?? [];
  return /\bhref="([^"]*)"/.exec(link ?? '')?.[1]?.slice(base.length);
}

/** Where a link of the page `from` leads: a page of the site and an id on it, or somewhere else. */
export function targetOf(href: string, from: string, base: string): { path: string; id: string } | undefined {
  const url = new URL(href, `https://handbook.invalid${base}${from}`);
  if (url.host !== 'handbook.invalid' || !url.pathname.startsWith(base)) return undefined;
  return { path: url.pathname.slice(base.length), id: decodeURIComponent(url.hash.slice(1)) };
}

/**
 * How links of a page lead on: within the book to the address that `addressOf` gives a page, or an id on it, and to the
 * site where the book has no such page.
 */
export function linksOf(
  from: BookPage,
  inBook: ReadonlyMap<string, BookPage>,
  site: Site,
  addressOf: (page: BookPage, id: string) => string,
) {
  return (href: string): string => {
    const target = targetOf(href, from.path, site.base);
    if (!target) return href;
    const page = inBook.get(target.path);
    if (!page) return absolute(target.path, site) + (target.id && `#${target.id}`);
    // The top of a page has an id on the site, and needs none in a book.
    return addressOf(page, page.ids.has(target.id) ? target.id : '');
  };
}

/** The sentence under a page's title, as HTML. */
export const promiseOf = ({ promise }: BookPage) => promise && `<p class="promise">${escaped(promise)}</p>`;

/** What the book says of itself, as XHTML. */
export function aboutOf({ title, description, omits, ranOn, day }: Book, site: Site): string {
  const home = escaped(absolute('', site));
  return `<h1>About this book</h1>
<p>${escaped(description)}</p>
<p>${escaped(omits)} All of it is at <a href="${home}">${home}</a>.</p>
<p>${escaped(ranOn)}</p>
${day ? `<p>This is ${escaped(title)} as it was on ${dayInWords(day)}.</p>` : ''}`;
}
