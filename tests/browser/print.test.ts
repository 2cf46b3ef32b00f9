import { expect, test } from '@playwright/test';
import { buildIn, pdfOf, printSettingFrom } from '../../scripts/release.ts';
import { bookFrom } from '../../src/integrations/take-away.ts';
import { numbersIn } from '../../src/lib/pdf.ts';
import { PDF } from '../../src/lib/takeaway.ts';

/** The first chapters, since the whole book has 600 pages. */
const PARTS = 2;

test('the book is printed on A4, with an outline, tags, and contents that name the right pages', async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const build = buildIn(process.cwd(), process.env);
  const whole = bookFrom(build, PDF);
  const book = { ...whole, parts: whole.parts.slice(0, PARTS) };
  const pdf = await pdfOf(book, printSettingFrom(build), browser);
  const text = Buffer.from(pdf).toString('latin1');

  expect(text).toMatch(/^%PDF-1\./);
  expect(text).toMatch(/\/MediaBox \[0 0 59\d[.\d]* 84\d[.\d]*\]/);
  expect(text).toMatch(/\/Type \/StructTreeRoot/);
  expect(text).toMatch(/\/Title \(Pagination\)/);
  const numbers = numbersIn(pdf);
  const topics = book.parts.flatMap((part) => part.pages.slice(1));
  const pages = topics.map(({ path }) => numbers.get(path.replace(/\/$/, '').replaceAll('/', '-')) ?? 0);
  expect(pages[0]).toBeGreaterThan(3);
  expect(pages).toEqual([...new Set(pages)].sort((a, b) => a - b));
});
