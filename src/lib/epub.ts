import { epubZipOf } from './archive.ts';
import { aboutOf, linksOf, promiseOf, type Book, type Setting } from './book.ts';
import { coverOf } from './book-cover.ts';
import { xhtmlOf, type BookPage } from './book-page.ts';
import { escaped } from './text.ts';
import { withTokens } from './tokens.ts';

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
    { id: 'about', file: 'about.xhtml', text: documentOf('About this book', aboutOf(book, setting.site)) },
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
      text: coverOf(book, setting),
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

function bodyOf(page: BookPage, inBook: ReadonlyMap<string, BookPage>, { site, tokens }: Setting): string {
  const link = linksOf(page, inBook, site, (target, id) =>
    target === page && id ? `#${id}` : `${nameOf(target.path)}.xhtml${id && `#${id}`}`,
  );
  const content = xhtmlOf(page, { link, id: (id) => id, css: (text) => withTokens(text, tokens), lower: 0 });
  return `<h1>${escaped(page.title)}</h1>${promiseOf(page)}\n${content}`;
}

const coverPage = ({ title }: Book) =>
  documentOf(title, `<div class="cover" epub:type="cover"><img src="cover.svg" alt="${escaped(title)}"/></div>`);

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
