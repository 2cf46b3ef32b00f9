/** Words that say nothing about what is looked for. */
const SMALL = new Set(
  (
    'a about all an and any app are as at be best better between but by can could did difference do does for from get ' +
    "good happen happens has have he her his how i if im in into is it it's its make makes many me much my need needs " +
    'no not of off on one or other our same should so than that the their then there they this to up us use using vs ' +
    'want was way we were what when where which who why will with would you your'
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

/** A page's text that one search found. */
export interface Hit {
  /** The name of the text. */
  id: string;
  score: number;
  /** Where the word stands in it. */
  words: number[];
}

/** A text in all searches of a query. */
export interface Place {
  score: number;
  /** Where words of the query stand, in their order. */
  locations: number[];
}

/**
 * The texts that hold words of a query, from a search for each word. A word that few texts hold counts for more than one
 * that most do, and for a text how well it answers to the word counts as well. The best score is 1.
 */
export function merged(searches: Hit[][]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const hits of searches) {
    const best = Math.max(0, ...hits.map(({ score }) => score));
    const rarity = 1 / Math.log2(2 + hits.length);
    for (const { id, score, words } of hits) {
      const place = places.get(id) ?? { score: 0, locations: [] };
      const locations = [...place.locations, ...words].sort((a, b) => a - b);
      places.set(id, { score: place.score + rarity * (1 + (best > 0 ? score / best : 0)), locations });
    }
  }
  const most = Math.max(0, ...[...places.values()].map(({ score }) => score));
  return new Map([...places].map(([id, place]) => [id, { ...place, score: place.score / most }]));
}

const spaced = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** Whether a text holds a query of several words as it was typed. */
export function holdsPhrase(text: string, query: string): boolean {
  const phrase = spaced(query);
  return phrase.includes(' ') && spaced(text).includes(phrase);
}
