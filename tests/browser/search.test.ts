import { expect, test } from '@playwright/test';
import { ask, dialog, field, list, options } from './search.ts';

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
  await field(page).fill('zzqqxx');
  await expect(dialog(page).getByRole('heading', { name: 'Nothing for “zzqqxx”' })).toBeVisible();
  await expect(dialog(page).getByRole('link', { name: 'error-code index' })).toBeVisible();
  await expect(dialog(page).getByRole('status')).toHaveText('0 results');
  // Near a keyword, but too far to be taken for it.
  await field(page).fill('kkeyysseett');
  await dialog(page).getByRole('button', { name: 'keyset', exact: true }).click();
  await expect(list(page).getByRole('option').first()).toHaveAttribute('href', /pagination/);
});

test('a misspelled word is taken for the nearest known one, and the reader is told', async ({ page }) => {
  await page.goto('api/');
  await page.keyboard.press('/');
  await ask(page, 'cursor pagiantion');
  await expect(dialog(page).getByText('Showing results for cursor pagination')).toBeVisible();
  await expect(options(page).first()).toHaveAttribute('href', /\/api\/pagination\//);
  await expect(dialog(page).getByRole('status')).toHaveText(/^\d+ results for “cursor pagination”$/);
});

test('results can be kept to a chapter and to a kind', async ({ page }) => {
  await page.goto('api/');
  await page.keyboard.press('/');
  await ask(page, 'transaction');
  await dialog(page).getByText('Filter', { exact: true }).click();
  await dialog(page).getByLabel('Kind').selectOption('Rules');
  await expect(list(page)).toHaveAttribute('aria-busy', 'false');
  await expect(options(page).first()).toHaveAttribute('href', /#rule-/);
  expect(new Set(await options(page).locator('.kind').allTextContents())).toEqual(new Set(['Rule']));
  await dialog(page).getByLabel('Chapter').selectOption('Prisma');
  await expect(dialog(page).getByText('Filter · Prisma · Rules')).toBeVisible();
  await expect(list(page)).toHaveAttribute('aria-busy', 'false');
  await expect(options(page).first()).toHaveAttribute('href', /\/prisma\//);
  for (const row of await options(page).all()) expect(await row.getAttribute('href')).toContain('/prisma/');
});

test('searches that led somewhere are offered again, and can be cleared', async ({ page }) => {
  await page.goto('api/');
  await page.keyboard.press('/');
  await ask(page, 'lost update');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/transactions/);
  await page.waitForLoadState(); // Until then no script hears a key.
  await page.keyboard.press('/');
  await dialog(page).getByRole('button', { name: 'lost update' }).click();
  await expect(options(page).first()).toBeVisible();
  await field(page).fill('');
  await dialog(page).getByRole('button', { name: 'Clear recent searches' }).click();
  await expect(dialog(page).getByRole('button', { name: 'lost update' })).toBeHidden();
});

test('an address with ?q= opens the search, as the description for browsers says', async ({
  page,
  request,
  baseURL,
}) => {
  await page.goto('?q=lost%20update');
  await expect(field(page)).toHaveValue('lost update');
  await expect(options(page).first()).toBeVisible();
  const href = (await page.locator('link[rel="search"]').getAttribute('href')) ?? '';
  const description = await (await request.get(new URL(href, baseURL).href)).text();
  expect(description).toMatch(/<Url type="text\/html" method="get" template="http[^"]+\/\?q=\{searchTerms\}" \/>/);
});

for (const [what, pattern] of [
  ['its script', '**/pagefind/pagefind.js'],
  ['its WebAssembly', '**/*.pagefind'],
  ['a part of it', '**/*.pf_index'],
  ['its table of contents', '**/pagefind-entry.json*'],
  ['all of it', '**/pagefind/**'],
] as const) {
  for (const [how, answer] of [
    ['missing', { status: 404, body: 'Not found' }],
    ['broken', { status: 200, body: 'not what it was' }],
  ] as const) {
    test(`an index of which ${what} is ${how} says so, keeps the words, and can be tried again`, async ({ page }) => {
      await page.route(pattern, (route) => route.fulfill(answer));
      await page.goto('api/');
      await page.keyboard.press('/');
      await field(page).fill('microseconds cursor');
      const retry = dialog(page).getByRole('button', { name: 'Retry' });
      await expect(retry).toBeVisible({ timeout: 10_000 });
      await expect(
        dialog(page)
          .getByText(/did not load/)
          .first(),
      ).toBeVisible();
      await expect(dialog(page).getByRole('link', { name: 'error-code index' })).toBeVisible();
      await expect(dialog(page).getByRole('heading', { name: /^Nothing/ })).toBeHidden();
      await expect(field(page)).toHaveValue('microseconds cursor');
      await page.unroute(pattern);
      await retry.click();
      await expect(options(page).first()).toBeVisible();
      await expect(retry).toBeHidden();
    });
  }
}

test('an index that never comes is given up within ten seconds', async ({ page }) => {
  await page.route('**/pagefind/**', () => undefined);
  await page.goto('api/');
  await page.keyboard.press('/');
  await field(page).fill('cursor');
  await expect(dialog(page).getByRole('heading', { name: 'The search index did not load' })).toBeVisible({
    timeout: 10_000,
  });
});
