import { expect, type Page } from '@playwright/test';

/** The search as tests use it. */
export const dialog = (page: Page) => page.getByRole('dialog', { name: 'Search the handbook' });
export const options = (page: Page) => dialog(page).getByRole('option');

/** Types words into the open dialog and waits for the answer to them. */
export async function ask(page: Page, words: string) {
  await dialog(page).getByRole('combobox').fill(words);
  await expect(dialog(page).getByRole('listbox')).toHaveAttribute('data-words', words);
  await expect(options(page).first()).toBeVisible();
}
