import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';

test('Copy copies what a sample shows, without line numbers', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('api/pagination/');
  const sample = page.getByRole('figure', { name: 'Program pagination/keyset.ts' });
  await sample.getByRole('button', { name: 'Copy' }).click();
  const source = await readFile('src/content/samples/pagination/keyset.ts', 'utf8');
  const region = /\/\/ #region pages\n([\s\S]*?)\/\/ #endregion/.exec(source)?.[1];
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(region);
});

test('Download gives the whole program, byte for byte', async ({ page }) => {
  await page.goto('api/pagination/');
  const sample = page.getByRole('figure', { name: 'Program pagination/keyset.ts' });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    sample.getByRole('link', { name: 'Download' }).click(),
  ]);
  const saved = await readFile(await download.path());
  expect(saved.equals(await readFile('src/content/samples/pagination/keyset.ts'))).toBe(true);
});

test('Copy as Markdown copies the twin', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('api/pagination/');
  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    await readFile('dist/api/pagination.md', 'utf8'),
  );
});

test('a tick stays after a reload, on the topic and on the checklist', async ({ page }) => {
  await page.goto('api/pagination/');
  const rule = page.getByRole('checkbox', { name: 'Page growing lists by key, not by offset.' });
  await rule.check();
  await expect(page.getByText(/^1 of \d+ ticked$/)).toBeVisible();
  await page.reload();
  await expect(rule).toBeChecked();
  await page.goto('checklist/');
  await expect(rule).toBeChecked();
  await rule.uncheck();
  await page.goto('api/pagination/');
  await expect(rule).not.toBeChecked();
});

test('a click on the sentence ticks its box', async ({ page }) => {
  await page.goto('api/pagination/');
  await page.getByText('Page growing lists by key, not by offset.').click();
  await expect(page.getByRole('checkbox', { name: 'Page growing lists by key, not by offset.' })).toBeChecked();
});

test('a link to a rule or an error code shows which one is meant', async ({ page }) => {
  await page.goto('api/pagination/#rule-pagination-keyset');
  await expect(page.locator('#rule-pagination-keyset')).toBeInViewport();
  await page.goto('api/pagination/#error-22008');
  const ground = await page
    .locator('tr:has(#error-22008) td')
    .first()
    .evaluate((cell) => getComputedStyle(cell).backgroundColor);
  expect(ground).not.toBe('rgba(0, 0, 0, 0)');
});
