import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';

const FILES = [
  { link: 'SKILL.md', path: 'skill/SKILL.md' },
  { link: '.zip', path: 'skill/backend-engineer.zip' },
  { link: '.tar.gz', path: 'skill/backend-engineer.tar.gz' },
];

for (const { link, path } of FILES) {
  test(`${link} downloads with the bytes of the build`, async ({ page }) => {
    await page.goto('skill/');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('main').getByRole('link', { name: link, exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(path.split('/').pop());
    const [saved, built] = await Promise.all([readFile(await download.path()), readFile(`dist/${path}`)]);
    expect(saved.equals(built)).toBe(true);
  });
}

test('Copy puts the whole file on the clipboard', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('skill/');
  await page.locator('.file').getByRole('button', { name: 'Copy' }).click();
  await expect(page.locator('.file').getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await readFile('dist/skill/SKILL.md', 'utf8'));
});

test('the page shows the file line by line, and lines lead to their topics', async ({ page }) => {
  await page.goto('skill/');
  const shown = await page.locator('.lines code').allTextContents();
  const file = await readFile('dist/skill/SKILL.md', 'utf8');
  expect(shown.map((line) => line.trimEnd()).join('\n')).toBe(file.trimEnd().replace(/ +$/gm, ''));
  const topics = page.locator('.lines a.to');
  // Every point of the skill leads somewhere.
  const points = page.locator('.line').filter({ hasText: /^\d+\s*-\s|^\d+\s*- \*\*/ });
  expect(await points.count()).toBeGreaterThan(60);
  expect(await points.filter({ hasNot: page.locator('a.to') }).allTextContents()).toEqual([]);
  await topics.filter({ hasText: 'Pagination' }).first().click();
  await expect(page).toHaveURL(/\/api\/pagination\/$/);
});

test('an install command can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('skill/');
  await page.locator('.install').getByRole('button', { name: 'Copy' }).first().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^npx skills add http.* -s backend-engineer$/,
  );
});
