import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { partsFrom, targetOf, type Book } from '../../../src/lib/book.ts';
import { bookPageOf, xhtmlOf } from '../../../src/lib/book-page.ts';
import { linesOf } from '../../../src/lib/book-cover.ts';
import { epubOf } from '../../../src/lib/epub.ts';
import { printedOf } from '../../../src/lib/print.ts';
import { lightTokens, withTokens } from '../../../src/lib/tokens.ts';
import { chapters } from '../../../src/chapters.ts';

const html = (content: string, title = 'A title', next = '') => `<!doctype html><html><body><h1>${title}</h1>
  <p class="promise astro-a1">It promises.</p><div class="sl-markdown-content">${content}</div>
  ${next && `<a href="/${next}" rel="next">Next</a>`}</body></html>`;

const asItIs = { link: (href: string) => href, id: (id: string) => id, css: (text: string) => text, lower: 0 };
const written = (content: string) => xhtmlOf(bookPageOf('api/a/', html(content)), asItIs);

describe('a page of a book', () => {
  test('is well-formed XHTML, whatever HTML leaves open', () => {
    expect(written('<p>a<br>b &amp; c &lt;d&gt;<p>e<wbr>f')).toBe('<p>a<br/>b &amp; c &lt;d&gt;</p><p>e<wbr/>f</p>');
  });

  test('has no controls, scripts, links of headings to themselves, and nothing hidden', () => {
    const controls = '<script>x()</script><button>Run</button><hb-copy>c</hb-copy><input type="checkbox">';
    const marks = '<a class="permalink" href="#a">#</a><p hidden>k</p><svg viewBox="0 0 16 16"></svg>';
    expect(written(`${controls}${marks}<p>stays</p>`)).toBe('<p>stays</p>');
    const heading =
      '<div class="sl-heading-wrapper level-h2"><h2 id="a">A</h2><a class="sl-anchor-link" href="#a">x</a></div>';
    expect(written(heading)).toBe('<h2 id="a">A</h2>');
  });

  test('unfolds what is folded, and unwraps custom elements', () => {
    expect(written('<details><summary>S</summary><hb-ticks><p>t</p></hb-ticks></details>')).toBe(
      '<div><p>S</p><p>t</p></div>',
    );
  });

  test('keeps drawings in their namespace, and the line breaks of code', () => {
    expect(written('<svg viewBox="0 0 9 9" aria-hidden="true"><path d="M0 0"/></svg>')).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0"></path></svg>',
    );
    const code = '<pre tabindex="0" role="region" class="code astro-1"><code><span class="l">a\n</span></code></pre>';
    expect(written(code)).toBe('<pre class="code"><code><span class="l">a\n</span></code></pre>');
  });

  test('without content is refused, with its name', () => {
    expect(() => bookPageOf('api/a/', '<h1>A</h1>')).toThrow(/^api\/a\/ has no title or no content/);
  });
});

test('a link leads to a page and an id, below any base, or out of the site', () => {
  expect(targetOf('/docs/api/a/#x', 'run/b/', '/docs/')).toEqual({ path: 'api/a/', id: 'x' });
  expect(targetOf('#x', 'run/b/', '/docs/')).toEqual({ path: 'run/b/', id: 'x' });
  expect(targetOf('../c/', 'run/b/', '/')).toEqual({ path: 'run/c/', id: '' });
  expect(targetOf('https://www.rfc-editor.org/', 'run/b/', '/')).toBeUndefined();
});

test('tokens are those of light pages, and an unknown one is an error', () => {
  const tokens = lightTokens(`:root { --size: 1rem; } /* --no: 1; */ @media print { :root { --ink: #000; } }
    :root, [data-theme='dark'] { --ink: #fff; } :root[data-theme='light'] { --ink: #111; --link: var(--ink); }`);
  expect(withTokens('color: var(--link); width: var(--size)', tokens)).toBe('color: #111; width: 1rem');
  expect(() => withTokens('var(--none)', tokens)).toThrow(/sets no --none/);
});

test('lines hold as many words as fit', () => {
  expect(linesOf('one two three four', 9)).toEqual(['one two', 'three', 'four']);
});

/** A site of one topic in each chapter, and the licence. */
function pages(): Map<string, string> {
  const order = chapters.flatMap(({ name }) => [`${name}/`, `${name}/one/`]);
  const all = [...order.slice(0, 2), 'skill/', 'error-codes/', ...order.slice(2)];
  const linked = '<p><a href="/run/one/#x">r</a> <a href="/run/one/#gone">g</a> <a href="/skill/">s</a></p>';
  const site = all.map((path, index) => {
    const chapter = chapters.find(({ name }) => path === `${name}/`);
    const content = path === 'run/one/' ? '<p id="x">here</p>' : linked;
    return [path, html(content, chapter?.title ?? path, all[index + 1])] as const;
  });
  return new Map([...site, ['licence/', html('<p>MIT</p>', 'Licence')]]);
}

const book = (): Book => ({
  title: 'The Book & more',
  description: 'About things.',
  omits: 'It leaves out much.',
  ranOn: 'Programs ran on Node.js.',
  day: '2026-07-24',
  parts: partsFrom('/', (path) => pages().get(path) ?? ''),
});

describe('the book', () => {
  test('has the chapters in their order, and at the end what stands in none; no tools', () => {
    const { parts } = book();
    expect(parts.map(({ title }) => title)).toEqual([...chapters.map(({ title }) => title), 'At the end']);
    expect(parts.at(-1)?.pages.map(({ path }) => path)).toEqual(['error-codes/', 'licence/']);
    expect(parts.flatMap((part) => part.pages.map(({ path }) => path))).not.toContain('skill/');
  });

  test('refuses a round trip', () => {
    const round = (path: string) => html('', 'A', path === 'start/' ? 'api/' : 'start/');
    expect(() => partsFrom('/', round)).toThrow(/"next" leads to start\/ twice/);
  });
});

const setting = {
  site: { origin: 'https://handbook.example', base: '/' },
  css: 'p { color: var(--ink) }',
  tokens: new Map(
    [
      '--ink',
      '--sl-color-bg',
      '--hb-bar',
      '--sl-color-accent',
      '--sl-color-white',
      '--sl-color-text',
      '--sl-color-gray-3',
    ].map((name) => [name, '#111']),
  ),
  mark: '<path d="M0 0"/>',
};

describe('an EPUB', () => {
  const file = (name: string) => strFromU8(unzipSync(epubOf(book(), setting))[`book/${name}`] ?? new Uint8Array());

  test('begins with its type, uncompressed, and is the same whenever it is made', () => {
    const bytes = epubOf(book(), setting);
    expect(strFromU8(bytes.subarray(30, 58))).toBe('mimetypeapplication/epub+zip');
    expect(epubOf(book(), setting)).toEqual(bytes);
  });

  test('leads within itself where it can, and to the site otherwise', () => {
    const page = file('api-one.xhtml');
    expect(page).toContain('<a href="run-one.xhtml#x">r</a>');
    expect(page).toContain('<a href="run-one.xhtml">g</a>');
    expect(page).toContain('<a href="https://handbook.example/skill/">s</a>');
  });

  test('lists every page in its contents, once, below its chapter', () => {
    const links = [...file('nav.xhtml').matchAll(/href="([\w-]+\.xhtml)"/g)].map(([, name]) => name);
    expect(new Set(links).size).toBe(links.length);
    expect(links).toHaveLength(2 * chapters.length + 2);
  });

  test('has its title escaped, its day, and its style sheet with values', () => {
    expect(file('package.opf')).toContain('<dc:title>The Book &amp; more</dc:title>');
    expect(file('package.opf')).toContain('2026-07-24T00:00:00Z');
    expect(file('book.css')).toBe('p { color: #111 }');
  });
});

describe('a printed book', () => {
  const printed = (numbers = new Map<string, number>()) => printedOf(book(), { ...setting, font: 'data:,', numbers });

  test('is one document in which every link within the book finds its id', () => {
    const html = printed();
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links).toContain('run-one--x');
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
    expect(html).not.toMatch(/<(?:link|script)|src="(?!data:)|var\(--/);
  });

  test('has chapters, topics and sections on three levels of headings', () => {
    expect(printed()).toContain('<h1 id="part-1">HTTP API</h1>');
    expect(printed()).toContain('<h2 id="api-one">api/one/</h2>');
  });

  test('names in its contents the pages that are known', () => {
    expect(printed(new Map([['api-one', 58]]))).toContain('<a href="#api-one" data-page="58">');
  });
});
