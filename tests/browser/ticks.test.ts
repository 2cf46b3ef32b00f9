import { expect, test, type Page } from '@playwright/test';
import { KEYSET, keptBy, makeList, stored } from './checklist.ts';

const V1 = 'handbook:ticks';

/** Fills the storage to its last character. */
const fill = (page: Page) =>
  page.evaluate(() => {
    for (let size = 2 ** 22, part = 0; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (; ; part += 1) localStorage.setItem(`filler:${part}`, 'x'.repeat(size));
      } catch {
        // No room for this many: fewer are tried.
      }
    }
  });

test('a tick in one tab shows in another, also its list', async ({ page, context }) => {
  await page.goto('api/pagination/');
  const other = await context.newPage();
  await other.goto('checklist/');
  await page.getByRole('checkbox', KEYSET).check();
  await expect(other.getByRole('checkbox', KEYSET)).toBeChecked();
  await makeList(other, 'orders-api review');
  await expect(page.getByRole('checkbox', KEYSET)).not.toBeChecked();
  await expect(page.getByText(/^0 of \d+ ticked in “orders-api review”$/)).toBeVisible();
});

test('two tabs that tick every rule at the same time lose none', async ({ page, context }) => {
  const other = await context.newPage();
  await Promise.all([page, other].map((tab) => tab.goto('checklist/')));
  const count = await page.locator('[data-rule]').count();
  const tickEach = (tab: Page, rest: number) =>
    tab.evaluate(async (odd) => {
      const boxes = [...document.querySelectorAll<HTMLInputElement>('[data-rule]')];
      for (const [index, box] of boxes.entries()) {
        if (index % 2 !== odd) continue;
        if (!box.checked) box.click();
        // A task of its own for each, so that the tabs take turns.
        await new Promise((next) => setTimeout(next));
      }
    }, rest);
  await Promise.all([tickEach(page, 0), tickEach(other, 1)]);
  for (const tab of [page, other]) await expect(tab.locator('[data-rule]:checked')).toHaveCount(count);
  await page.reload();
  await expect(page.locator('[data-rule]:checked')).toHaveCount(count);
});

test('ticks of version 1 are taken over, also those of rules that have gone, and from a tab that still writes it', async ({
  page,
  context,
}) => {
  await stored(page, { [V1]: '{"version":1,"ticked":{"pagination-keyset":"2026-01-02","no-such-rule":"2025-01-01"}}' });
  await page.goto('api/pagination/');
  await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
  expect(await keptBy(page)).toEqual({
    'handbook:v2:tick:main:pagination-keyset': '2026-01-02',
    'handbook:v2:tick:main:no-such-rule': '2025-01-01',
  });
  const other = await context.newPage();
  await other.goto('./');
  const late = '{"version":1,"ticked":{"pagination-immutable-sort":"2026-01-03"}}';
  await other.evaluate(([key, text]) => localStorage.setItem(key, text), [V1, late] as const);
  await expect(page.getByRole('checkbox', { name: /Sort pages by columns/ })).toBeChecked();
  await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
});

for (const text of ['{', '{"version":3,"ticked":{"pagination-keyset":{"on":"2027-01-01"}}}', '[{"todo":"milk"}]']) {
  test(`${text} is kept aside, and the page says so until it is saved or discarded`, async ({ page }) => {
    await stored(page, { [V1]: text, 'handbook:v2:tick:main:pagination-immutable-sort': 'foreign' });
    await page.goto('api/pagination/');
    await page.getByRole('checkbox', KEYSET).check();
    expect((await keptBy(page))[`handbook:unread:${V1}`]).toBe(text);
    await expect(page.getByText('could not be read. It is kept aside')).toBeVisible();
    await page.getByRole('link', { name: 'Save or discard it' }).click();
    await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save it as a file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('ticks-not-read.json');
    await page.getByRole('button', { name: 'Discard it' }).click();
    await expect(page.getByText('could not be read. It is kept aside')).toBeHidden();
    expect(Object.keys(await keptBy(page))).toEqual(['handbook:v2:tick:main:pagination-keyset']);
  });
}

for (const path of ['api/pagination/', 'checklist/']) {
  test(`${path}: where storage is denied, boxes work until the page closes, and it says so`, async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await page.goto(path);
    await expect(page.getByText('This browser does not let the handbook keep your ticks')).toBeVisible();
    await page.getByRole('checkbox', KEYSET).check();
    await page.getByRole('checkbox', { name: /Sort pages by columns/ }).check();
    await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
    if (path === 'checklist/') {
      await makeList(page, 'orders-api review');
      await expect(page.getByRole('checkbox', KEYSET)).not.toBeChecked();
      await page.getByRole('combobox', { name: 'List' }).selectOption('My checklist');
    }
    await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
  });
}

test('where storage is full, boxes work and the page says so; with room again the ticks are kept', async ({ page }) => {
  await page.goto('api/pagination/');
  await fill(page);
  await page.getByRole('checkbox', KEYSET).check();
  const notice = page.getByText('its storage is denied or full');
  await expect(notice).toBeVisible();
  await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
  await page.evaluate(() =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith('filler:'))
      .forEach((key) => localStorage.removeItem(key)),
  );
  await page.getByRole('checkbox', { name: /Sort pages by columns/ }).check();
  await expect(notice).toBeHidden();
  await page.reload();
  await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
});

test('a topic’s page loads nothing of what only the checklist needs', async ({ page }) => {
  const names: string[] = [];
  page.on('response', (response) => response.url().endsWith('.js') && names.push(new URL(response.url()).pathname));
  await page.goto('api/pagination/');
  await page.waitForLoadState('networkidle');
  expect(names.filter((name) => /ListBar|TakeAway|RuleFilter|ImportLists/.test(name))).toEqual([]);
});
