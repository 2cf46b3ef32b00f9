import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { importFile, KEYSET, keptBy, makeList } from './checklist.ts';

const status = (page: Page) => page.locator('[data-shown]');
const shown = (page: Page) => page.locator('li.rule:visible');
const list = (page: Page) => page.getByRole('combobox', { name: 'List' });
const openExport = (page: Page) => page.getByRole('button', { name: 'Export, import' }).click();

test('filters narrow the rules, and the address holds them', async ({ page }) => {
  await page.goto('checklist/');
  const all = await shown(page).count();
  await page.getByRole('combobox', { name: 'I am' }).selectOption('adding a route');
  await page.getByRole('group', { name: 'Level' }).getByText('Must').click();
  await page.getByRole('combobox', { name: 'Standard' }).selectOption('OWASP API Security Top 10:2023');
  await expect(page).toHaveURL(/checklist\/\?task=route&standard=api-top-10&level=must$/);
  const count = await shown(page).count();
  expect(count).toBeGreaterThan(0);
  expect(await shown(page).locator('.level.must').count()).toBe(count);
  for (const marks of await shown(page).locator('.marks').allTextContents()) expect(marks).toMatch(/API\d+:2023/);
  await expect(status(page)).toHaveText(`${count} of ${all} rules in “My checklist”, 0 ticked.`);

  await page.reload();
  await expect(shown(page)).toHaveCount(count);
  await expect(page.getByRole('combobox', { name: 'I am' }).locator('option:checked')).toHaveText('adding a route');
  await page.getByRole('combobox', { name: 'Chapter' }).selectOption('Prisma');
  await expect(page.getByText('No rule fits.')).toBeVisible();
  await page.getByText('No rule fits.').getByRole('button', { name: 'Clear filters' }).click();
  await expect(shown(page)).toHaveCount(all);
  await expect(page).toHaveURL(/checklist\/$/);
});

test('words of the address that mean nothing are passed over', async ({ page }) => {
  await page.goto('checklist/?task=%3Cb%3E&level=nope&chapter=auth&show=x');
  await expect(page.locator('section[data-chapter]:visible')).toHaveCount(1);
  await expect(page.getByRole('heading', { level: 2, name: 'Authentication' })).toBeVisible();
});

test('what is ticked can be hidden, and is not taken from under the hand', async ({ page }) => {
  await page.goto('checklist/?chapter=api');
  await page.getByRole('checkbox', KEYSET).check();
  await page.getByRole('group', { name: 'Show' }).getByText('Open').click();
  await expect(page.getByRole('checkbox', KEYSET)).toHaveCount(0);
  await shown(page).getByRole('checkbox').first().check();
  await expect(shown(page).getByRole('checkbox').first()).toBeChecked();
  await page.getByRole('group', { name: 'Show' }).getByText('Ticked').click();
  await expect(shown(page)).toHaveCount(2);
});

test('progress is counted in all, in each chapter, and at once', async ({ page }) => {
  await page.goto('checklist/');
  await page.getByRole('checkbox', KEYSET).check();
  const progress = page.getByRole('list', { name: 'Progress' }).getByRole('listitem');
  await expect(progress.filter({ hasText: 'All chapters' })).toContainText(/1 of \d+/);
  await expect(progress.filter({ hasText: 'HTTP API' })).toContainText(/1 of \d+/);
  await expect(progress.filter({ hasText: 'Prisma' })).toContainText(/0 of \d+/);
  await expect(page.locator('.head', { hasText: 'HTTP API' })).toContainText(/1 of \d+/);
});

test('a rule opens to its reason and its proof', async ({ page }) => {
  await page.goto('checklist/');
  const rule = page.locator('li.rule', { has: page.getByRole('checkbox', KEYSET) });
  await rule.locator('summary').click();
  await expect(rule.locator('.why').first()).toBeVisible();
  await rule.getByRole('link', { name: 'Pagination', exact: true }).click();
  await expect(page).toHaveURL(/api\/pagination\/$/);
});

test('filtering and ticking stay quick with every rule on the page', async ({ page }) => {
  await page.goto('checklist/');
  const slowest = await page.evaluate(() => {
    const timed = (act: () => void) => {
      const start = performance.now();
      act();
      return performance.now() - start;
    };
    const boxes = [...document.querySelectorAll<HTMLInputElement>('[data-rule]')];
    for (const box of boxes) box.click();
    const ticks = boxes.slice(0, 20).map((box) => timed(() => box.click()));
    const must = document.querySelector<HTMLInputElement>('input[value=must]')!;
    return { tick: ticks.sort((a, b) => a - b)[10]!, filter: timed(() => must.click()) };
  });
  console.log(`a tick takes ${slowest.tick.toFixed(1)} ms, a filter ${slowest.filter.toFixed(1)} ms`);
  expect(slowest.tick).toBeLessThan(100);
  expect(slowest.filter).toBeLessThan(200);
});

test('Markdown, CSV and JSON hold what is shown, copied and downloaded', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('checklist/?chapter=api&level=must');
  await makeList(page, '=orders');
  await shown(page).getByRole('checkbox').first().check();
  const count = await shown(page).count();
  await openExport(page);
  const copied = async (format: string) => {
    await page.getByRole('button', { name: `Copy ${format}`, exact: true }).click();
    await expect(page.getByText(/^Copied/)).toBeVisible();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const saved = async (format: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Download ${format}`, exact: true }).click(),
    ]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };

  const markdown = await copied('Markdown task list');
  expect(markdown.match(/^- \[ \] \*\*Must\*\* /gm)).toHaveLength(count - 1);
  expect(markdown.match(/^- \[x\] \*\*Must\*\* /gm)).toHaveLength(1);
  expect(markdown).toContain('`');
  expect(await saved('Markdown task list')).toEqual({ name: 'orders.md', text: markdown });

  const csv = await saved('CSV');
  expect(csv.name).toBe('orders.csv');
  expect(csv.text.startsWith('\uFEFFlist,ticked,level,')).toBe(true);
  expect(csv.text.match(/^'=orders,/gm)).toHaveLength(count);
  expect(csv.text.slice(1)).toBe(await copied('CSV'));

  const json = await saved('JSON');
  expect(json.name).toMatch(/^checklists-\d{4}-\d\d-\d\d\.json$/);
  expect(JSON.parse(json.text)).toMatchObject({ version: 2, lists: [{ id: 'main' }, { name: '=orders' }] });
});

test('a file is imported after a preview, and Cancel changes nothing', async ({ page }) => {
  await page.goto('checklist/');
  await page.getByRole('checkbox', KEYSET).check();
  const before = await keptBy(page);
  await openExport(page);
  const file = JSON.stringify({
    version: 2,
    active: 'main',
    lists: [
      { id: 'main', name: 'My checklist', ticked: { 'pagination-keyset': '2020-01-01', 'caching-gone': '2020-01-01' } },
      { id: 'abc', name: 'billing', ticked: { 'pagination-keyset': '2020-01-01' } },
    ],
  });
  await importFile(page, file);
  const preview = page.getByRole('region', { name: 'What the import will change' });
  await expect(preview).toBeFocused();
  await expect(preview.getByRole('listitem')).toHaveText([
    /^My checklist\s*1 tick is added\. 1 is there already and keeps its day\. 1 is for a rule/,
    /^billing\s*A new list with 1 tick\.$/,
  ]);
  await preview.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Nothing was imported.')).toBeVisible();
  expect(await keptBy(page)).toEqual(before);

  await importFile(page, file);
  await preview.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText('Imported 2 ticks into 2 lists.')).toBeVisible();
  await list(page).selectOption('billing');
  await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
  await expect(page.locator('[data-rule]:checked')).toHaveCount(1);
});

test('what one browser exports, another imports', async ({ page, browser, baseURL }) => {
  await page.goto('checklist/');
  await page.getByRole('checkbox', KEYSET).check();
  await makeList(page, 'orders-api review');
  await page.getByRole('checkbox', { name: /Sort pages by columns/ }).check();
  await openExport(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download JSON' }).click(),
  ]);
  const context = await browser.newContext({ baseURL: baseURL ?? '' });
  const other = await context.newPage();
  await other.goto('checklist/');
  await openExport(other);
  await other.getByLabel('Import JSON').setInputFiles(await download.path());
  await other.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(other.getByRole('checkbox', KEYSET)).toBeChecked();
  await list(other).selectOption('orders-api review');
  await expect(other.getByRole('checkbox', { name: /Sort pages by columns/ })).toBeChecked();
  await context.close();
});

const BODY = { version: 2, active: 'main', lists: [{ id: 'main', name: 'My checklist', ticked: {} }] };
const REFUSED: [what: string, text: string, reason: RegExp][] = [
  ['that is no JSON', 'ticks: yes', /not JSON/],
  ['that is JSON of another kind', '[{"todo":"milk"}]', /no file of ticks/],
  ['of a later version', JSON.stringify({ ...BODY, version: 3 }), /version “3”/],
  ['with __proto__ keys', '{"version":2,"active":"main","lists":[],"__proto__":{"x":1}}', /“__proto__”/],
  [
    'with HTML for a name',
    JSON.stringify({ ...BODY, lists: [{ id: 'a', name: '<img src=x onerror="window.hit=1">', ticked: {} }] }),
    /no < or >/,
  ],
  [
    'with HTML for a rule',
    JSON.stringify({
      ...BODY,
      lists: [{ id: 'a', name: 'a', ticked: { '<img src=x onerror="window.hit=1">': '2026-01-01' } }],
    }),
    /no rule’s id/,
  ],
];
const refusal = async (page: Page, reason: RegExp, before: Record<string, string>) => {
  const alert = page.locator('hb-import').getByRole('alert');
  await expect(alert).toHaveText(reason);
  await expect(alert).toContainText('Nothing was imported, and your lists are as they were.');
  await expect(page.getByRole('region', { name: 'What the import will change' })).toBeHidden();
  expect(await keptBy(page)).toEqual(before);
};

for (const [what, text, reason] of REFUSED) {
  test(`a file ${what} is refused, and nothing changes`, async ({ page }) => {
    await page.goto('checklist/');
    await page.getByRole('checkbox', KEYSET).check();
    const before = await keptBy(page);
    await openExport(page);
    await importFile(page, text);
    await refusal(page, reason, before);
    expect(await page.evaluate(() => ['hit', 'x'].map((key) => key in window || key in {}))).toEqual([false, false]);
    await importFile(page, JSON.stringify(BODY));
    await expect(page.locator('hb-import').getByRole('alert')).toHaveText('');
  });
}

test('a file of 50 MB is refused at once, and nothing changes', async ({ page }, info) => {
  const file = info.outputPath('large.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
  await truncate(file, 50_000_000);
  await page.goto('checklist/');
  await page.getByRole('checkbox', KEYSET).check();
  const before = await keptBy(page);
  await openExport(page);
  await page.getByLabel('Import JSON').setInputFiles(file);
  await refusal(page, /50\.0 MB/, before);
});

test('lists have their own ticks, are renamed, deleted and brought back', async ({ page }) => {
  await page.goto('checklist/');
  await page.getByRole('checkbox', KEYSET).check();
  await makeList(page, 'orders-api review');
  await expect(page.locator('[data-rule]:checked')).toHaveCount(0);
  await page.getByRole('checkbox', { name: /Sort pages by columns/ }).check();

  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'New name' }).fill('<b>orders</b>');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('hb-lists').getByRole('alert')).toHaveText(/no < or >/);
  await page.getByRole('textbox', { name: 'New name' }).fill('My checklist');
  await page.keyboard.press('Enter');
  await expect(page.locator('hb-lists').getByRole('alert')).toHaveText('There is a list called “My checklist”.');
  await page.getByRole('textbox', { name: 'New name' }).fill('orders, second review');
  await page.keyboard.press('Enter');
  await expect(list(page).locator('option:checked')).toHaveText('orders, second review');
  await expect(page.getByText('The list is now called “orders, second review”.')).toBeVisible();
  await page.reload();
  await expect(list(page).locator('option:checked')).toHaveText('orders, second review');

  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('“orders, second review” is deleted, with 1 tick.')).toBeVisible();
  await expect(list(page).locator('option')).toHaveText(['My checklist']);
  await expect(page.getByRole('checkbox', KEYSET)).toBeChecked();
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(list(page).locator('option:checked')).toHaveText('orders, second review');
  await expect(page.getByRole('checkbox', { name: /Sort pages by columns/ })).toBeChecked();
  await expect(list(page)).toBeFocused();
});

test('all of it works by keyboard, and is announced', async ({ page }) => {
  await page.goto('checklist/');
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await list(page).focus();
  await press('Tab', 'Enter');
  await page.keyboard.type('orders');
  await press('Enter');
  await expect(page.locator('hb-lists').getByRole('status')).toHaveText('“orders” is made and shown, with no ticks.');
  await expect(page.getByRole('button', { name: 'New list' })).toBeFocused();
  await press('Enter', 'Escape');
  await expect(page.getByRole('button', { name: 'New list' })).toBeFocused();

  // Rename, Delete, Export.
  await press('Tab', 'Tab', 'Tab', 'Enter');
  await expect(page.getByRole('button', { name: 'Export, import' })).toHaveAttribute('aria-expanded', 'true');
  await press('Tab', 'Tab', 'Tab');
  await expect(page.getByRole('button', { name: 'Copy CSV' })).toBeFocused();
  await page.getByLabel('Import JSON').focus();
  await importFile(page, JSON.stringify(BODY));
  await expect(page.getByRole('region', { name: 'What the import will change' })).toBeFocused();
  await press('Tab', 'Enter');
  await expect(page.locator('hb-import').getByRole('status')).toHaveText('Nothing was imported.');
  await expect(page.getByLabel('Import JSON')).toBeFocused();

  await page.getByRole('combobox', { name: 'I am' }).focus();
  await press('ArrowDown', 'Tab', 'Tab', 'Tab', 'ArrowRight');
  await expect(page).toHaveURL(/\?show=open&task=route$/);
  await press('Tab', 'Space');
  await expect(status(page)).toHaveText(/^\d+ of \d+ rules in “orders”, 0 ticked\.$/);
  await press('Tab', 'Tab', 'Tab');
  await expect(page.getByRole('button', { name: 'Clear filters' })).toBeFocused();
  // The heading's link to itself, the topic, and the first rule.
  await press('Tab', 'Tab', 'Tab', 'Space');
  await expect(page.locator(':focus')).toBeChecked();
  await expect(status(page)).toHaveText(/1 ticked\.$/);
  await press('Tab', 'Enter');
  await expect(page.locator('li.rule details[open]')).toHaveCount(1);
  await expect(page.locator('[role=status], [role=alert]')).not.toHaveCount(0);
});

test('prints the rules shown, with empty and ticked boxes and without controls', async ({ page }) => {
  await page.goto('checklist/?chapter=api');
  await makeList(page, 'orders-api review');
  await page.getByRole('checkbox', KEYSET).check();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const role of ['button', 'combobox', 'radio', 'textbox'] as const) {
    await expect(page.getByRole('main').getByRole(role)).toHaveCount(0);
  }
  await expect(page.locator('summary:visible')).toHaveCount(0);
  await expect(page.getByText(/rules in “orders-api review”, 1 ticked\./)).toBeVisible();
  await expect(page.locator('section[data-chapter]:visible')).toHaveCount(1);
  const box = (checked: boolean) =>
    page.locator(`li.rule:visible input${checked ? ':checked' : ':not(:checked)'}`).first();
  const looks = (checked: boolean) =>
    box(checked).evaluate((input) => ({
      border: getComputedStyle(input).borderTopColor,
      // Browsers print no grounds unless they are told to.
      ground: getComputedStyle(input).backgroundColor,
      mark: getComputedStyle(input, '::after').opacity,
      ink: getComputedStyle(input, '::after').borderBottomColor,
    }));
  const paper = { border: 'rgb(0, 0, 0)', ground: 'rgba(0, 0, 0, 0)', ink: 'rgb(0, 0, 0)' };
  expect(await looks(true)).toEqual({ ...paper, mark: '1' });
  expect(await looks(false)).toEqual({ ...paper, mark: '0' });
});

test('without JavaScript the rules read, open and print, and no control is there that does nothing', async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: baseURL ?? '' });
  const page = await context.newPage();
  await page.goto('checklist/?chapter=prisma');
  await expect(page.getByText('Page growing lists by key, not by offset.')).toBeVisible();
  for (const role of ['button', 'combobox', 'radio'] as const) {
    await expect(page.getByRole('main').getByRole(role)).toHaveCount(0);
  }
  const rule = page.locator('li.rule').first();
  await rule.locator('summary').click();
  await expect(rule.locator('.why').first()).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('checkbox', KEYSET)).toBeVisible();
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`everything open, ${colorScheme}: nothing that axe objects to, and no wider than a phone`, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('checklist/?chapter=auth&level=must');
    await makeList(page, 'orders-api review');
    await openExport(page);
    await importFile(page, 'no');
    await expect(page.locator('hb-import').getByRole('alert')).not.toHaveText('');
    await importFile(page, JSON.stringify({ ...BODY, lists: [{ ...BODY.lists[0], name: 'w'.repeat(60) }] }));
    await shown(page).locator('summary').first().click();
    await shown(page).getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Rename' }).click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const { violations } = await new AxeBuilder({ page }).include('hb-ticks').analyze();
    expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) }))).toEqual([]);
  });
}
