import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from '@playwright/test';
import { askAnything, options } from './search.ts';

/** What somebody types, and the topics of which one should come first: `pagination`. */
export interface Query {
  words: string;
  topics: string[];
}

const lines = (file: string) => readFileSync(file, 'utf8').trim().split('\n');

/** A file with lines such as `words => topic, topic`. */
const queriesIn = (file: string): Query[] =>
  lines(file).map((line) => {
    const at = line.lastIndexOf(' => ');
    return { words: line.slice(0, at), topics: line.slice(at + 4).split(', ') };
  });

/** The queries that the search was tuned on: five of each topic, whose file is called as it is, and others. */
export const tuningQueries = (): Query[] => [
  ...globSync('tests/browser/queries/*.txt')
    .sort()
    .flatMap((file) => lines(file).map((words) => ({ words, topics: [basename(file, '.txt')] }))),
  ...queriesIn('tests/browser/queries-mixed.txt'),
];

/** Queries that were written down before the search was tuned and never looked at for it. */
export const heldBackQueries = (): Query[] => queriesIn('tests/browser/queries-held-back.txt');

/** The pages in the open dialog's list, in their order: `/api/pagination/`. */
async function pagesFound(page: Page): Promise<string[]> {
  const found = await options(page).evaluateAll((all) => all.map((option) => option.getAttribute('href') ?? ''));
  return [...new Set(found.map((href) => href.replace(/[#?].*$/, '')))];
}

/** Types a query into the open dialog. Resolves to the place, from 1, of the first page that answers it; 0 for none. */
export async function placeOf(page: Page, { words, topics }: Query): Promise<number> {
  await askAnything(page, words);
  const pages = await pagesFound(page);
  return pages.findIndex((href) => topics.some((topic) => href.endsWith(`/${topic}/`))) + 1;
}

/** How well places answer: the parts that are first and among three, and the mean of 1 / place. */
export function qualityOf(places: number[]): { hit1: number; hit3: number; reciprocal: number } {
  const part = (most: number) => places.filter((place) => place > 0 && place <= most).length / places.length;
  const reciprocal = places.reduce((sum, place) => sum + (place > 0 ? 1 / place : 0), 0) / places.length;
  return { hit1: part(1), hit3: part(3), reciprocal };
}
