import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bytes, elementsOf, pages, paths, text, topics } from './dist.ts';

const content = pages.filter((page) => page !== '404.html');

describe('every page', () => {
  test.each(pages)('%s has one h1, a language and a title', (page) => {
    const elements = elementsOf(page);
    expect(elements.filter(({ name }) => name === 'h1')).toHaveLength(1);
    expect(elements.find(({ name }) => name === 'html')?.attributes['lang']).toBe('en');
    expect(elements.find(({ name }) => name === 'title')?.text.trim()).toBeTruthy();
  });

  test.each(content)('%s says what it is in a description', (page) => {
    const description = elementsOf(page).find(({ attributes }) => attributes['name'] === 'description');
    expect(description?.attributes['content']?.length).toBeGreaterThan(20);
  });

  test.each(pages)('%s loads less than 40 KB of script before a reader acts', (page) => {
    const scripts = elementsOf(page).filter(({ name, attributes }) => name === 'script' && attributes['src']);
    const size = scripts
      .map(({ attributes }) => attributes['src']?.replace(/^.*?(?=_astro\/)/, '') ?? '')
      .reduce((sum, path) => sum + gzipSync(bytes(path)).length, 0);
    expect(size).toBeLessThan(40_000);
  });

  test.each(pages)('%s does not load the search before a reader searches', (page) => {
    const early = elementsOf(page).filter(({ name, attributes }) =>
      /pagefind|search-dialog/.test(
        (name === 'script' ? attributes['src'] : name === 'link' ? attributes['href'] : '') ?? '',
      ),
    );
    expect(early).toEqual([]);
  });
});

describe('every topic', () => {
  test.each(topics)('%s shows programs with their output, rules, sources and its twin', (topic) => {
    const elements = elementsOf(`${topic}/index.html`);
    const classes = (name: string) =>
      elements.filter(({ attributes }) => attributes['class']?.split(' ').includes(name));
    expect(classes('sample').length).toBeGreaterThanOrEqual(2);
    expect(classes('listing').length).toBeGreaterThanOrEqual(2);
    expect(classes('rule').length).toBeGreaterThanOrEqual(1);
    expect(classes('sources').length).toBe(1);
    const twin = elements.find(({ attributes }) => attributes['type'] === 'text/markdown');
    expect(twin?.attributes['href']).toMatch(new RegExp(`/${topic}\\.md$`));
  });

  test.each(topics)('%s has 500 to 1,600 words of prose', (topic) => {
    const source = text(`${topic}.md`);
    const prose = source
      .slice(0, source.indexOf('\n## Rules'))
      .replace(/^(`{3,})[\s\S]*?^\1$/gm, '')
      .replace(/\]\(.*?\)/g, ']');
    const words = prose.split(/\s+/).length;
    expect(words).toBeGreaterThan(500);
    expect(words).toBeLessThan(1600);
  });
});

test('nothing in the build names a machine’s path', () => {
  const wrong = paths('**/*.{html,md,txt,ts,out,json,js,css,xml}').filter((path) =>
    // PGlite has a file system of its own, with a home for its user.
    /(^|[^\w.])\/(work|root|home|Users)\/(?!postgres\/)[\w.-]+\//.test(text(path)),
  );
  expect(wrong).toEqual([]);
});
