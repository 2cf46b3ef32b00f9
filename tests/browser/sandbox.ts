import { expect, type Locator, type Page } from '@playwright/test';
import { fragmentOf } from '../../src/lib/shared-code.ts';

/** A page with a program, for tests that put their own in its place. */
export const PAGE = 'code/error-handling/';
export const FILE = 'error-handling/reaches.ts';

export const sampleOn = (page: Page, file = FILE) => page.locator(`figure[data-sample="${file}"]`);
export const logOf = (figure: Locator) => figure.getByRole('log', { name: 'Output' });
export const button = (figure: Locator, name: string) => figure.getByRole('button', { name, exact: true });

/** Opens the page with `code` in the place of its program, as a link would, and checks that it does not run by itself. */
export async function openWith(page: Page, code: string, file = FILE, address = PAGE): Promise<Locator> {
  await page.goto(`${address}${await fragmentOf(file, code)}`);
  const figure = sampleOn(page, file);
  await expect(figure.locator('.status')).toContainText('comes from a link');
  await expect(figure).toHaveAttribute('data-state', 'idle');
  return figure;
}

/** Opens the page with `code`, runs it and waits for its end. */
export async function runOn(page: Page, code: string): Promise<{ figure: Locator; printed: string; status: string }> {
  const figure = await openWith(page, code);
  await button(figure, 'Run').click();
  await expect(figure).toHaveAttribute('data-state', /done|failed|stopped/, { timeout: 60_000 });
  // Without the recorded lines that stand among those of the run where the two differ.
  const rows = logOf(figure).locator('.row:not(.recorded)');
  await expect(logOf(figure)).toBeVisible();
  const printed = (await rows.allTextContents()).join('');
  return { figure, printed, status: await figure.locator('.status').innerText() };
}
