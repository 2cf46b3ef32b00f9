import { expect, type Page } from '@playwright/test';

/** How the box of a rule of the topic on pagination is found, there and on the checklist. */
export const KEYSET = { name: 'Page growing lists by key, not by offset.' };

/** Makes a list by its button, and opens it. */
export async function makeList(page: Page, name: string) {
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByRole('textbox', { name: 'Name of the new list' }).fill(name);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('combobox', { name: 'List' }).locator('option:checked')).toHaveText(name);
}

/** Puts an entry into the storage of every page, as if it had been there before the handbook was opened. */
export const stored = (page: Page, entries: Record<string, string>) =>
  page.addInitScript((given) => {
    if (sessionStorage.getItem('given')) return;
    sessionStorage.setItem('given', 'yes');
    for (const [key, value] of Object.entries(given)) localStorage.setItem(key, value);
  }, entries);

/** Everything of the handbook that the browser keeps. */
export const keptBy = (page: Page) =>
  page.evaluate(() =>
    Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('handbook:'))),
  ) as Promise<Record<string, string>>;

/** Offers a text to the import as a file. */
export const importFile = (page: Page, text: string) =>
  page
    .getByLabel('Import JSON')
    .setInputFiles({ name: 'lists.json', mimeType: 'application/json', buffer: Buffer.from(text) });
