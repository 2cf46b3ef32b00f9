import { expect, test, type Page } from '@playwright/test';

/** What readers type, and the topic that must come first. */
const QUERIES: Record<string, string[]> = {
  'api/pagination/': ['offset slow', 'keyset', 'infinite scroll', 'cursor pagination'],
  'api/problem-details/': ['rfc 9457', 'problem+json', 'error format'],
  'code/error-handling/': ['unhandledRejection', 'express async error', 'unhandled promise rejection'],
  'postgres/indexes/': ['slow query index', 'partial index', 'foreign key index'],
  'postgres/transactions/': ['lost update', 'isolation level', 'serializable'],
  'prisma/prisma-errors/': ['P2002', 'p2025', 'meta.target'],
  'auth/passwords/': ['bcrypt', 'argon2', '72 bytes'],
  'auth/access-control/': ['idor', 'bola', 'rbac'],
  'run/caching/': ['cache stampede', 'redis ttl', 'cache invalidation'],
};

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Search the handbook' });
const options = (page: Page) => dialog(page).getByRole('option');

/** Types words into the open dialog and waits for the answer to them. */
async function ask(page: Page, words: string) {
  await dialog(page).getByRole('combobox').fill(words);
  await expect(dialog(page).getByRole('listbox')).toHaveAttribute('data-words', words);
  await expect(options(page).first()).toBeVisible();
}

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

for (const [topic, queries] of Object.entries(QUERIES)) {
  test(`${topic} comes first for ${queries.join(', ')}`, async ({ page }) => {
    await page.goto('api/');
    await page.keyboard.press('/');
    for (const words of queries) {
      await ask(page, words);
      const href = await options(page).first().getAttribute('href');
      expect(href, words).toContain(`/${topic}`);
    }
  });
}
