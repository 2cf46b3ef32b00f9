import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { KINDS } from './pages.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [kind, path] of Object.entries(KINDS)) {
    test(`${kind}, ${colorScheme}: nothing that axe objects to`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(path);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html.slice(0, 200)) }))).toEqual(
        [],
      );
    });
  }
}

test('the search dialog with results: nothing that axe objects to', async ({ page }) => {
  await page.goto('api/pagination/');
  await page.keyboard.press('/');
  await page.getByRole('combobox').fill('cursor');
  await expect(page.getByRole('option').first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html.slice(0, 200)) }))).toEqual([]);
});
