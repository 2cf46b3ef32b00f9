import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { KINDS } from './pages.ts';
import { button, FILE, openWith } from './sandbox.ts';
import { ask, dialog, field } from './search.ts';

// The checklist holds every rule of the handbook, and axe looks at each of its elements many times.
test.describe.configure({ timeout: 180_000 });

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

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a sample that runs, is edited and has failed, ${colorScheme}: nothing that axe objects to`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    const figure = await openWith(page, "console.log('on');\nsetTimeout(() => null.x, 3_000);\n");
    const check = async () => {
      const { violations } = await new AxeBuilder({ page }).include(`figure[data-sample="${FILE}"]`).analyze();
      expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) }))).toEqual(
        [],
      );
    };
    await check();
    await button(figure, 'Run').click();
    await expect(figure).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
    await check();
    await expect(figure).toHaveAttribute('data-state', 'failed', { timeout: 30_000 });
    await check();
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the search dialog with results, with filters, without results, faulty, ${colorScheme}: nothing that axe objects to`, async ({
    page,
  }) => {
    const check = async () => {
      const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
      expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html.slice(0, 200)) }))).toEqual(
        [],
      );
    };
    await page.emulateMedia({ colorScheme });
    await page.goto('api/pagination/');
    await page.keyboard.press('/');
    await ask(page, 'pagiantion');
    await check();
    await dialog(page).getByText('Filter', { exact: true }).click();
    await dialog(page).getByLabel('Kind').selectOption('Rules');
    await check();
    await field(page).fill('zzqqxx');
    await expect(dialog(page).getByRole('heading', { name: /^Nothing/ })).toBeVisible();
    await check();
    await page.route('**/pagefind/**', (route) => route.abort());
    await page.reload();
    await page.keyboard.press('/');
    await field(page).fill('cursor');
    await expect(dialog(page).getByRole('button', { name: 'Retry' })).toBeVisible();
    await check();
  });
}
