import { aboutOf, linksOf, promiseOf, type Book, type BookPart, type Setting } from './book.ts';
import { coverOf } from './book-cover.ts';
import { xhtmlOf, type BookPage } from './book-page.ts';
import { escaped } from './text.ts';
import { withTokens } from './tokens.ts';

/** What print needs besides what every book is set with. */
export interface PrintSetting extends Setting {
  /** The typeface of the prose, as an address. */
  font: string;
  /** The number of the page on which a page of the site begins, by the id of its heading, if it is known by now. */
  numbers: ReadonlyMap<string, number>;
}

/** The id of a page's heading in the printed book: `api-pagination`. */
export const headingOf = ({ path }: Pick<BookPage, 'path'>) => path.replace(/\/$/, '').replaceAll('/', '-');

/** The whole book as one HTML document, to be printed: it asks for nothing from outside. */
export function printedOf(book: Book, setting: PrintSetting): string {
  const inBook = new Map(book.parts.flatMap((part) => part.pages.map((page) => [page.path, page])));
  const parts = book.parts.map((part, index) => partOf(part, index, inBook, setting)).join('\n');
  // What stands at the top of a page is known to CSS as text alone.
  const heads = book.parts.map(
    ({ title }, index) =>
      `@page part-${index} { @top-left { content: "${title.replace(/["\\]/g, '\\$&')}"; font: 9pt sans-serif; color: var(--sl-color-gray-3); } }
       .part-${index} { page: part-${index}; }`,
  );
  const css = withTokens(`${setting.css}\n${heads.join('\n')}`, setting.tokens);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(book.title)}</title>
<style>@font-face { font-family: 'Handbook Serif'; src: url('${setting.font}') format('woff2'); font-weight: 400 700; }
${css}</style></head><body>
<div class="cover"><img alt="${escaped(book.title)}" src="data:image/svg+xml,${encodeURIComponent(coverOf(book, setting))}"></div>
<section class="front">${aboutOf(book, setting.site)}</section>
<section class="front"><h1>Contents</h1>${contentsOf(book, setting)}</section>
${parts}
</body></html>
`;
}

function contentsOf({ parts }: Book, { numbers }: PrintSetting): string {
  const entry = (id: string, title: string) =>
    `<a href="#${id}" data-page="${numbers.get(id) ?? ''}">${escaped(title)}<span></span></a>`;
  const lists = parts.map((part, index) => {
    const below = topicsOf(part).map((page) => `<li>${entry(headingOf(page), page.title)}</li>`);
    return `<li>${entry(`part-${index}`, part.title)}<ol>${below.join('')}</ol></li>`;
  });
  return `<ol class="contents">${lists.join('\n')}</ol>`;
}

/** A chapter's overview is the beginning of its part; where there is none, every page stands under the part's name. */
const overviewOf = ({ title, pages: [first] }: BookPart) => (first?.title === title ? first : undefined);
const topicsOf = (part: BookPart) => part.pages.filter((page) => page !== overviewOf(part));

function partOf(part: BookPart, index: number, inBook: ReadonlyMap<string, BookPage>, setting: PrintSetting): string {
  const overview = overviewOf(part);
  const inside = (page: BookPage, lower: number) => {
    const link = linksOf(page, inBook, setting.site, (target, id) => `#${addressOf(target, id)}`);
    const id = (each: string) => addressOf(page, each);
    return promiseOf(page) + xhtmlOf(page, { link, id, css: (text) => withTokens(text, setting.tokens), lower });
  };
  const start = overview ? `<a id="${headingOf(overview)}"></a>${inside(overview, 0)}` : '';
  const topics = topicsOf(part).map(
    (page) =>
      `<section class="page"><h2 id="${headingOf(page)}">${escaped(page.title)}</h2>${inside(page, 1)}</section>`,
  );
  return `<div class="part-${index}"><section class="page chapter"><h1 id="part-${index}">${escaped(part.title)}</h1>${start}</section>
${topics.join('\n')}</div>`;
}

/** An id is unique on its page, and in the book with the page before it. */
const addressOf = (page: BookPage, id: string) => headingOf(page) + (id && `--${id}`);
