import { expect, type Page } from '@playwright/test';

/** The search as tests use it. */
export const dialog = (page: Page) => page.getByRole('dialog', { name: 'Search the handbook' });
export const field = (page: Page) => dialog(page).getByRole('combobox', { name: 'Topic, symptom or error code' });
/** There while nothing is found, too. */
export const list = (page: Page) => dialog(page).getByRole('listbox', { includeHidden: true });
export const options = (page: Page) => list(page).getByRole('option');

/** Types words into the open dialog and waits until the list is complete; it may be empty. */
export async function askAnything(page: Page, words: string) {
  await field(page).fill(words);
  await expect(list(page)).toHaveAttribute('data-words', words.trim());
  await expect(list(page)).toHaveAttribute('aria-busy', 'false');
}

/** Types words into the open dialog and waits for the whole answer to them. */
export async function ask(page: Page, words: string) {
  await askAnything(page, words);
  await expect(options(page).first()).toBeVisible();
}
