import { epubZipOf } from './archive.ts';
import { targetOf, type Book } from './book.ts';
import { xhtmlOf, type BookPage } from './book-page.ts';
import { dayInWords } from './history.ts';
import { escaped } from './text.ts';
import { withTokens } from './tokens.ts';
import { absolute, type Site } from './url.ts';

/** What a book is set with. */
export interface Setting {
  site: Site;
  /** The style sheet, with the tokens of light pages in it. */
  css: string;
  tokens: ReadonlyMap<string, string>;
  /** The mark, as SVG of 16 by 16 units. */
  mark: string;
}

/** Names the book for good, so that a newer edition replaces an older one on a reading device. */
const IDENTIFIER = 'urn:uuid:5c1e7b0a-3f55-4d0e-9a5e-6f0f3a2f7d11';

/** For a build that knows no history: an EPUB must say when it was last changed. */
const SOME_DAY = '2026-01-01';

interface Item {
  id: string;
  file: string;
  text: string;
  type?: string;
  properties?: string;
}

/** The book as an EPUB 3.3: the same book gives the same bytes. */
export function epubOf(book: Book, setting: Setting): Uint8Array {
  const pages = book.parts.flatMap((part) => part.pages);
  const inBook = new Map(pages.map((page) => [page.path, page]));
  const spine: Item[] = [
    { id: 'cover', file: 'cover.xhtml', text: coverPage(book) },
    { id: 'about', file: 'about.xhtml', text: aboutPage(book, setting.site) },
    { id: 'nav', file: 'nav.xhtml', text: contentsPage(book), properties: 'nav' },
    ...pages.map((page) => {
      const text = documentOf(page.title, bodyOf(page, inBook, setting));
      const name = nameOf(page.path);
      return { id: name, file: `${name}.xhtml`, text, ...(text.includes('<svg ') && { properties: 'svg' }) };
    }),
  ];
  const items: Item[] = [
    ...spine,
    { id: 'css', file: 'book.css', text: withTokens(setting.css, setting.tokens), type: 'text/css' },
    {
      id: 'cover-image',
      file: 'cover.svg',
      text: coverImage(book, setting),
      type: 'image/svg+xml',
      properties: 'cover-image',
    },
  ];
  const utf8 = new TextEncoder();
  return epubZipOf(
    new Map([
      ['META-INF/container.xml', utf8.encode(CONTAINER)],
      ['book/package.opf', utf8.encode(packageOf(book, items, spine))],
      ...items.map(({ file, text }) => [`book/${file}`, utf8.encode(text)] as const),
    ]),
  );
}

/** `api/pagination/` as the name of its file and its id: `api-pagination`. */
const nameOf = (path: string) => path.replace(/\/$/, '').replaceAll('/', '-');

const CONTAINER = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`;

function documentOf(title: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head>
<meta charset="utf-8"/>
<title>${escaped(title)}</title>
<link rel="stylesheet" type="text/css" href="book.css"/>
</head>
<body>
${body}
</body>
</html>
`;
}

function bodyOf(page: BookPage, inBook: Map<string, BookPage>, { site, tokens }: Setting): string {
  const link = (href: string) => {
    const target = targetOf(href, page.path, site.base);
    if (!target) return href;
    const known = inBook.get(target.path);
    if (!known) return absolute(target.path, site) + (target.id && `#${target.id}`);
    // The top of a page has an id on the site, and needs none here.
    const anchor = known.ids.has(target.id) ? `#${target.id}` : '';
    return known === page && anchor ? anchor : `${nameOf(target.path)}.xhtml${anchor}`;
  };
  const content = xhtmlOf(page, { link, id: (id) => id, css: (text) => withTokens(text, tokens) });
  return `<h1>${escaped(page.title)}</h1>${promiseOf(page)}\n${content}`;
}

const promiseOf = ({ promise }: BookPage) => promise && `<p class="promise">${escaped(promise)}</p>`;

const coverPage = ({ title }: Book) =>
  documentOf(title, `<div class="cover" epub:type="cover"><img src="cover.svg" alt="${escaped(title)}"/></div>`);

function aboutPage({ title, description, omits, ranOn, day }: Book, site: Site): string {
  const home = absolute('', site);
  return documentOf(
    'About this book',
    `<h1>About this book</h1>
<p>${escaped(description)}</p>
<p>${escaped(omits)} All of it is at <a href="${escaped(home)}">${escaped(home)}</a>.</p>
<p>${escaped(ranOn)}</p>
${day ? `<p>${escaped(title)} as it was on ${dayInWords(day)}.</p>` : ''}`,
  );
}

function contentsPage({ parts }: Book): string {
  const entry = ({ path, title }: BookPage) => `<a href="${nameOf(path)}.xhtml">${escaped(title)}</a>`;
  const lists = parts.map(({ title, pages: [first, ...rest] }) => {
    if (!first) return '';
    // A part without an overview lists all its pages under its own name.
    const isOverview = first.title === title;
    const below = (isOverview ? rest : [first, ...rest]).map((page) => `<li>${entry(page)}</li>`).join('\n');
    return `<li>${isOverview ? entry(first) : `<span>${escaped(title)}</span>`}<ol>${below}</ol></li>`;
  });
  return documentOf(
    'Contents',
    `<nav epub:type="toc" role="doc-toc"><h1>Contents</h1><ol>${lists.join('\n')}</ol></nav>`,
  );
}

function coverImage({ title, description, day }: Book, { mark, tokens }: Setting): string {
  const token = (name: string) => withTokens(`var(${name})`, tokens);
  const [first = '', ...rest] = title.split(' ');
  const words = linesOf(description, 34);
  const text = (y: number, size: number, line: string, fill: string) =>
    `<text x="120" y="${y}" font-family="Georgia, serif" font-size="${size}" fill="${fill}">${escaped(line)}</text>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 1800" width="1200" height="1800">
<title>${escaped(title)}</title>
<rect width="1200" height="1800" fill="${token('--sl-color-bg')}"/>
<rect y="1500" width="1200" height="60" fill="${token('--hb-bar')}"/><rect y="1620" width="1200" height="60" fill="${token('--hb-bar')}"/>
<g fill="${token('--sl-color-accent')}" transform="translate(93 160) scale(18)">${mark}</g>
${[first, ...rest].map((word, index) => text(620 + index * 150, 136, word, token('--sl-color-white'))).join('\n')}
${words.map((line, index) => text(1130 + index * 70, 52, line, token('--sl-color-text'))).join('\n')}
${day ? text(1662, 36, dayInWords(day), token('--sl-color-gray-3')) : ''}
</svg>
`;
}

/** A text in lines of about so many characters. */
export function linesOf(text: string, columns: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || `${last} ${word}`.length > columns) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

function packageOf({ title, description, day = SOME_DAY }: Book, items: Item[], spine: Item[]): string {
  const manifest = items.map(
    ({ id, file, type = 'application/xhtml+xml', properties }) =>
      `<item id="${id}" href="${file}" media-type="${type}"${properties ? ` properties="${properties}"` : ''}/>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book-id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="book-id">${IDENTIFIER}</dc:identifier>
<dc:title>${escaped(title)}</dc:title>
<dc:language>en</dc:language>
<dc:description>${escaped(description)}</dc:description>
<dc:creator>${escaped(title)} contributors</dc:creator>
<dc:rights>MIT licence</dc:rights>
<dc:date>${day}</dc:date>
<meta property="dcterms:modified">${day}T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Text, with programs as text; every drawing is described in words.</meta>
</metadata>
<manifest>
${manifest.join('\n')}
</manifest>
<spine>
${spine.map(({ id }) => `<itemref idref="${id}"/>`).join('\n')}
</spine>
</package>
`;
}
