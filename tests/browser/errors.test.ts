import { expect, test, type Page } from '@playwright/test';

const field = (page: Page) => page.getByRole('searchbox', { name: 'Filter by code or words' });
const rows = (page: Page) => page.locator('.codes tbody tr:visible');
const count = (page: Page) => page.locator('hb-error-filter output');

test('typing filters the codes, counts them and keeps the words in the address', async ({ page }) => {
  await page.goto('error-codes/');
  await expect(count(page)).toHaveText(/^\d+ codes$/);
  const all = await rows(page).count();
  expect(all).toBeGreaterThanOrEqual(60);

  await field(page).fill('p2002');
  await expect(count(page)).toHaveText(/^1 of \d+ codes$/);
  for (const row of await rows(page).all()) await expect(row).toContainText('P2002');
  await expect(page).toHaveURL(/\?code=p2002$/);

  await page.reload();
  await expect(field(page)).toHaveValue('p2002');
  await expect(count(page)).toHaveText(/^1 of \d+ codes$/);

  await field(page).press('Escape');
  await expect(rows(page)).toHaveCount(all);
  await expect(page).toHaveURL(/error-codes\/$/);
});

test('a line of a log is enough to find its code', async ({ page }) => {
  await page.goto('error-codes/');
  await field(page).fill('error: deadlock detected (SQLSTATE 40P01)');
  await expect(count(page)).toHaveText(/^1 of \d+ codes$/);
  await expect(rows(page).first()).toContainText('40P01');
});

test('the origin of a code filters as well, and both together', async ({ page }) => {
  await page.goto('error-codes/');
  await page.getByRole('button', { name: 'SQLSTATE', exact: true }).click();
  await expect(page.getByRole('button', { name: 'SQLSTATE', exact: true })).toHaveAttribute('aria-pressed', 'true');
  for (const cell of await page.locator('.codes .from:visible').all()) await expect(cell).toHaveText('SQLSTATE');
  await field(page).fill('P2002');
  await expect(page.getByText('No code here fits P2002 under SQLSTATE.')).toBeVisible();
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect(rows(page).first()).toContainText('P2002');
});

test('a code that is not here is handed to the search', async ({ page }) => {
  await page.goto('error-codes/');
  await field(page).fill('P9999');
  await expect(page.getByText('No code here fits P9999.')).toBeVisible();
  await expect(count(page)).toHaveText(/^0 of \d+ codes$/);
  await field(page).press('Enter');
  const link = page.getByRole('link', { name: 'Search the handbook for it' });
  await expect(link).toBeFocused();
  await link.press('Enter');
  await expect(page.getByRole('combobox')).toHaveValue('P9999');
});

test('a keyboard alone gets from the field to the topic', async ({ page }) => {
  await page.goto('error-codes/');
  await field(page).focus();
  await page.keyboard.type('P2025');
  await page.keyboard.press('Enter');
  await expect(rows(page).first().locator('.topic a')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#error-P2025$/);
});

test('each code has an address of its own, which shows it even if it was filtered out', async ({ page }) => {
  await page.goto('error-codes/?code=P2002#error-40001');
  await expect(page.locator('[id="error-40001"]')).toBeInViewport();
  await expect(field(page)).toHaveValue('');
  await page.getByRole('link', { name: '40P01', exact: true }).first().click();
  await expect(page).toHaveURL(/#error-40P01$/);
});

test('the columns fit a phone, filtered or not', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('error-codes/?code=constraint');
  await expect(rows(page).first()).toBeVisible();
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await wide()).toBe(0);
  const shown = await rows(page).count();
  await field(page).fill('');
  expect(await rows(page).count()).toBeGreaterThan(shown);
  expect(await wide()).toBe(0);
});

test('without JavaScript every code is there, and no field that does nothing', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: baseURL ?? '' });
  const page = await context.newPage();
  await page.goto('error-codes/#error-P2025');
  expect(await rows(page).count()).toBeGreaterThanOrEqual(60);
  await expect(page.locator('[id="error-P2025"]')).toBeInViewport();
  await expect(field(page)).toHaveCount(0);
  await context.close();
});
