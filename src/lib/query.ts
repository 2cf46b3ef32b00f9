/** Words that say nothing about what is looked for. */
const SMALL = new Set(
  (
    'a about all an and any app are as at be but by can do does for from get has have how i if in into is it its me my no not ' +
    'of off on one or so that the their there this to up use using vs was what when where which who why will with you your'
  ).split(' '),
);

/** The words of a query that say what is looked for; all of them if none does. */
export function wordsIn(query: string): string[] {
  const words = query
    .trim()
    .split(/[^\p{L}\p{N}_@.$*+-]+/u)
    .filter(Boolean);
  const telling = words.filter((word) => !SMALL.has(word.toLowerCase()));
  return [...new Set(telling.length > 0 ? telling : words)];
}

/** A page that one search found. */
export interface Hit {
  id: string;
  score: number;
}

/** A page's place in all searches of a query. */
interface Place<T> {
  hit: T;
  words: number;
  sum: number;
}

/** Pages that hold less than this part of what the best one holds are left out. */
const ENOUGH = 0.5;

/**
 * The pages that hold most of a query, from a search for each of its words. A word that few pages hold counts for more than
 * one that most do, and for a page how well it answers to the word counts as well.
 */
export function merged<T extends Hit>(searches: T[][]): T[] {
  const places = new Map<string, Place<T>>();
  for (const hits of searches) {
    const best = Math.max(0, ...hits.map(({ score }) => score));
    const rarity = 1 / Math.log2(2 + hits.length);
    for (const hit of hits) {
      const place = places.get(hit.id) ?? { hit, words: 0, sum: 0 };
      place.words += rarity;
      place.sum += rarity * (best > 0 ? hit.score / best : 0);
      places.set(hit.id, place);
    }
  }
  const most = Math.max(0, ...[...places.values()].map(({ words }) => words));
  return [...places.values()]
    .filter(({ words }) => words >= most * ENOUGH)
    .sort((a, b) => b.words + b.sum - (a.words + a.sum))
    .map(({ hit }) => hit);
}

const spaced = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** The pages that hold a query of several words as it was typed, and then the others, each in the order that they had. */
export function phraseFirst<T extends { raw_content: string }>(pages: T[], query: string): T[] {
  const phrase = spaced(query);
  if (!phrase.includes(' ')) return pages;
  const holds = (page: T) => spaced(page.raw_content).includes(phrase);
  return [...pages.filter(holds), ...pages.filter((page) => !holds(page))];
}
