import { expect, test } from '@playwright/test';
import { ask, dialog, options } from './search.ts';

test('a slash opens the search, arrows move, Enter opens a result: no pointer needed', async ({ page }) => {
  await page.goto('api/');
  await page.keyboard.press('/');
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.type('P2002');
  // The list changes while words are typed: this is the answer to all of them.
  await expect(options(page).first()).toHaveAttribute('href', /#error-P2002$/);
  await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(options(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/prisma\/prisma-errors\/#error-P2002$/);
  await expect(page.locator('#error-P2002')).toBeInViewport();
});

test('Control+K opens the search, Escape closes it and gives the focus back', async ({ page }) => {
  await page.goto('api/pagination/');
  await page.getByRole('link', { name: 'HTTP API' }).last().focus();
  await page.keyboard.press('Control+k');
  await expect(dialog(page).getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
});

test('a button opens the search; so does the field of the home page, and its examples', async ({ page }) => {
  await page.goto('api/');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(dialog(page)).toBeVisible();
  await page.goto('./');
  await page.getByRole('button', { name: /Topic, symptom or error code/ }).click();
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'idor' }).click();
  await expect(options(page).first()).toBeVisible();
});

test('nothing of the search is loaded before a reader is about to search', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('api/pagination/');
  await page.waitForLoadState('networkidle');
  expect(asked.filter((url) => /pagefind|search-dialog/.test(url))).toEqual([]);
  await page.keyboard.press('/');
  await ask(page, 'cursor');
  expect(asked.filter((url) => /pagefind/.test(url)).length).toBeGreaterThan(0);
});

test('rules, programs, headings and error codes are found by their anchors', async ({ page }) => {
  await page.goto('api/');
  await page.keyboard.press('/');
  const kinds = async (words: string) => {
    await ask(page, words);
    const rows = await options(page).all();
    return Promise.all(
      rows.map(async (row) => [await row.locator('.kind').textContent(), await row.getAttribute('href')] as const),
    );
  };
  expect(await kinds('unique column sort cursor')).toContainEqual([
    'Rule',
    expect.stringContaining('#rule-pagination-'),
  ]);
  expect(await kinds('byOrCondition')).toContainEqual([
    'Program',
    expect.stringContaining('#sample-pagination-keyset'),
  ]);
  expect(await kinds('cursors that lose rows')).toContainEqual([
    'Section',
    expect.stringContaining('#two-cursors-that-lose-rows'),
  ]);
  expect(await kinds('22008')).toContainEqual(['Error code', expect.stringContaining('#error-22008')]);
});

test('words that are nowhere get an answer that leads on', async ({ page }) => {
  await page.goto('api/');
  await page.keyboard.press('/');
  await dialog(page).getByRole('combobox').fill('zzqqxx');
  await expect(dialog(page).getByRole('heading', { name: 'Nothing for “zzqqxx”' })).toBeVisible();
  await expect(dialog(page).getByRole('link', { name: 'error-code index' })).toBeVisible();
});

test('an index that does not load says so, keeps the words, and can be tried again', async ({ page }) => {
  await page.route('**/pagefind/pagefind.js', (route) => route.abort());
  await page.goto('api/');
  await page.keyboard.press('/');
  await dialog(page).getByRole('combobox').fill('cursor');
  await expect(dialog(page).getByRole('heading', { name: 'The search index did not load' })).toBeVisible();
  await expect(dialog(page).getByRole('combobox')).toHaveValue('cursor');
  await page.unroute('**/pagefind/pagefind.js');
  await dialog(page).getByRole('button', { name: 'Retry' }).click();
  await expect(options(page).first()).toBeVisible();
});
