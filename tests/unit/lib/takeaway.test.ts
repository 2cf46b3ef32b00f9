import { expect, test } from 'vitest';
import { EPUB, PDF, SITE_ZIP, TAKEAWAYS, sizeInWords, withTakeaways } from '../../../src/lib/takeaway.ts';

const HOME = '<section><ul class="a" data-takeaways></ul></section><ul><li>other</li></ul>';

test('the home page lists the files that exist, each with size, day and what it leaves out', () => {
  const page = withTakeaways(HOME, new Map([[PDF.file, 9_234_567]]), { base: '/docs/', day: '2026-07-24' });
  expect(page).toContain(
    `<a href="/docs/${PDF.file}" download>PDF</a> <span>9.2 MB, <time datetime="2026-07-24">24 July 2026</time></span>`,
  );
  expect(page).toContain(PDF.omits);
  expect(page).not.toContain(EPUB.file);
  expect(page).toContain('<li>other</li>');
});

test('a list is replaced by a later one, and empty without files', () => {
  const first = withTakeaways(HOME, new Map([[EPUB.file, 640_400]]), { base: '/', day: undefined });
  expect(first).toContain('<span>640 KB</span>');
  expect(withTakeaways(first, new Map(), { base: '/', day: undefined })).toBe(HOME);
});

test('the zip says which path of a server it needs', () => {
  const page = withTakeaways(HOME, new Map([[SITE_ZIP.file, 1]]), { base: '/docs/', day: undefined });
  expect(page).toContain('for the path /docs/ of any static server');
});

test('a home page without a place for the list is an error', () => {
  expect(() => withTakeaways('<ul></ul>', new Map(), { base: '/', day: undefined })).toThrow(/no <ul data-takeaways>/);
});

test('everything to take away says what it leaves out', () => {
  for (const { omits } of TAKEAWAYS) expect(omits).toMatch(/^It leaves out .+\.$/);
});

test('sizes are in units that a reader of files knows', () => {
  expect([999, 640_400, 999_499, 1_000_000, 25_340_000].map(sizeInWords)).toEqual([
    '1 KB',
    '640 KB',
    '999 KB',
    '1.0 MB',
    '25.3 MB',
  ]);
});
