import { strFromU8, strToU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { siteZipOf } from '../../../src/lib/site-zip.ts';
import { EPUB, PDF, withTakeaways } from '../../../src/lib/takeaway.ts';

const place = { base: '/', day: undefined };
const home = '<ul data-takeaways></ul>';
const listed = withTakeaways(home, new Map([[EPUB.file, 640_000]]), place);
const files = new Map(
  Object.entries({
    'index.html': listed,
    'api/index.html': 'api',
    '.well-known/skills/index.json': '{}',
    [EPUB.file]: 'epub',
    [PDF.file]: 'pdf',
  }).map(([path, text]) => [path, strToU8(text)]),
);
const unpacked = (base = '/') => unzipSync(siteZipOf(files, { origin: 'https://handbook.example', base }, 'book'));

test('the zip holds the site in a folder, with what begins with a dot, and without the files to take away', () => {
  expect(Object.keys(unpacked())).toEqual([
    'book/READ-ME.txt',
    'book/site/.well-known/skills/index.json',
    'book/site/api/index.html',
    'book/site/index.html',
  ]);
});

test('its home page offers nothing that is not there', () => {
  expect(strFromU8(unpacked()['book/site/index.html'] ?? new Uint8Array())).toBe(home);
});

test('it says which path of a server it needs, and what it leaves out', () => {
  const manual = strFromU8(unpacked('/docs/handbook/')['book/READ-ME.txt'] ?? new Uint8Array());
  expect(manual).toContain('at the path /docs/handbook/ of any static web server');
  expect(manual).toContain('mkdir -p www/docs/ && mv site www/docs/handbook\n');
  expect(manual).toContain('leaves out the EPUB and the PDF, which are at https://handbook.example/docs/handbook/');
});
