import { expect, test } from '@playwright/test';
import { KINDS } from './pages.ts';

test('a reader gets from the home page to a topic in two clicks', async ({ page }) => {
  await page.goto('./');
  await page
    .getByRole('main')
    .getByRole('link', { name: /HTTP API/ })
    .click();
  await expect(page).toHaveURL(/\/api\/$/);
  await page
    .getByRole('main')
    .getByRole('link', { name: /^Pagination/ })
    .last()
    .click();
  await expect(page).toHaveURL(/\/api\/pagination\/$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pagination');
});

test('the sidebar leads to every chapter and marks the page that is open', async ({ page }) => {
  await page.goto('api/pagination/');
  await expect(page.locator('#starlight__sidebar a[aria-current=page]')).toHaveText(/Pagination/);
  await expect(page.locator('#starlight__sidebar')).toBeVisible();
  await expect(page.locator('#starlight__sidebar summary')).toHaveCount(8);
});

test('a keyboard reaches the content in one step', async ({ page }) => {
  await page.goto('api/pagination/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#_top$/);
});

test('without JavaScript a topic shows its programs, their output, its rules and sources', async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: baseURL ?? '' });
  const page = await context.newPage();
  await page.goto('api/pagination/');
  const sample = page.getByRole('figure', { name: 'Program pagination/keyset.ts' });
  await expect(sample.getByText('function byKeyset')).toBeVisible();
  await expect(sample.getByText('exactCount               Seq Scan')).toBeVisible();
  await expect(page.getByText('Page growing lists by key, not by offset.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'PostgreSQL 18: LIMIT and OFFSET' })).toBeVisible();
  // What needs a script is not shown without one.
  await expect(page.getByRole('button', { name: 'Copy', exact: true })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Search', exact: true })).toHaveCount(0);
  await context.close();
});

test('the theme follows the system until the reader chooses, and then stays', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('api/pagination/');
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
  expect(await theme()).toBe('light');
  await page.getByRole('button', { name: 'Theme: light or dark' }).click();
  expect(await theme()).toBe('dark');
  await page.reload();
  expect(await theme()).toBe('dark');
});

test('an address that does not exist says so and offers the search', async ({ page }) => {
  const response = await page.goto('no-such-page/');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Search', exact: true })).toBeVisible();
});

for (const [kind, path] of Object.entries(KINDS)) {
  test(`${kind}: nothing is wider than a phone, nothing fails in the console`, async ({ page }) => {
    const problems: string[] = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('requestfailed', (request) => problems.push(`${request.url()} failed`));
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    const { wide, there } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      there: document.documentElement.clientWidth,
    }));
    expect(wide).toBeLessThanOrEqual(there);
    expect(problems).toEqual([]);
  });
}

test('prints black on white, without controls, and with the addresses of sources', async ({ page }) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.goto('api/pagination/');
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toMatch(
    /rgb\(255, 255, 255\)|rgba\(0, 0, 0, 0\)/,
  );
  await expect(page.getByRole('button', { name: 'Copy', exact: true }).first()).toBeHidden();
  await expect(page.locator('.listing').first()).toBeVisible();
  const address = await page
    .locator('.sources a')
    .first()
    .evaluate((link) => getComputedStyle(link, '::after').content);
  expect(address).toContain('https://www.postgresql.org/');
});
