import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BASE, elementsOf, has, pages } from './dist.ts';

const ORIGIN = 'http://site.invalid';

/** Where a link of a page leads, if it stays within the site. */
function targetOf(page: string, link: string): { file: string; anchor: string } | undefined {
  const here = `${ORIGIN}${BASE}${page.replace(/index\.html$/, '')}`;
  const url = new URL(link, here);
  if (url.origin !== ORIGIN) return undefined;
  const path = decodeURIComponent(url.pathname);
  if (!path.startsWith(BASE)) return { file: `outside ${BASE}: ${path}`, anchor: '' };
  const file = path.slice(BASE.length);
  return { file: file === '' || file.endsWith('/') ? join(file, 'index.html') : file, anchor: url.hash.slice(1) };
}

const links = pages.flatMap((page) =>
  elementsOf(page).flatMap(({ attributes }) =>
    [attributes['href'], attributes['src'], attributes['data-src'], attributes['data-codes']]
      .filter((link) => link !== undefined)
      .map((link) => ({ page, link, target: targetOf(page, link) })),
  ),
);

describe('links', () => {
  test('are there to be checked', () => expect(links.length).toBeGreaterThan(500));

  test('within the site lead to a file of the build', () => {
    const broken = links.filter(({ target }) => target && !has(target.file));
    expect(broken.map(({ page, link }) => `${page}: ${link}`)).toEqual([]);
  });

  test('to an anchor find it', () => {
    const broken = links.filter(({ target }) => {
      if (!target?.anchor || !target.file.endsWith('.html') || !has(target.file)) return false;
      return !elementsOf(target.file).some(({ attributes }) => attributes['id'] === decodeURIComponent(target.anchor));
    });
    expect(broken.map(({ page, link }) => `${page}: ${link}`)).toEqual([]);
  });

  test('out of the site are encrypted', () => {
    const plain = links.filter(({ link, target }) => !target && !/^(https:|mailto:|data:)/.test(link));
    // The build's own address may be http://localhost: canonical links and install commands carry it.
    const site = process.env['SITE_URL'] ?? 'http://localhost:4321';
    expect(plain.filter(({ link }) => !link.startsWith(site)).map(({ page, link }) => `${page}: ${link}`)).toEqual([]);
  });
});

test('ids are unique on their page', () => {
  const twice = pages.flatMap((page) => {
    const ids = elementsOf(page).flatMap(({ attributes }) => attributes['id'] ?? []);
    return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${page}: ${id}`);
  });
  expect(twice).toEqual([]);
});
