/** A part of a page that has an anchor of its own, without its text. */
export interface Part {
  kind: 'Section' | 'Rule' | 'Program' | 'Error code';
  /** The id of its element: `rule-pagination-total-order`, `error-P2002`. */
  id: string;
  title: string;
}

/** What a page says of itself, from which most queries can be answered without its text. */
export interface PageOutline {
  kind: 'Topic' | 'Page';
  /** The name of its text in the index of all texts: `en_1aeddb8`. */
  text: string;
  /** Its address below the base of the site: `api/pagination/`. */
  path: string;
  title: string;
  /** The title of its chapter. */
  chapter: string;
  /** What it promises, in a sentence. */
  about: string;
  /** What readers type that the prose does not say. */
  keywords: string[];
  parts: Part[];
}

/** What the search knows before it has loaded an index of all texts. */
export interface Outline {
  pages: PageOutline[];
  /** Further words in the texts of pages, parted by spaces: they are spelled right. */
  words: string;
}

/** Endings of which a word may have any, longest first. */
const ENDINGS = /(?:ations?|ators?|ating|ated|ates?|ings?|ions?|ies|ers?|ors?|ly|eds?|es|[sye])$/;

/** What a word has in common with its other forms: `paginat` and `cach` are no words, but the same for all of them. */
export function stemOf(word: string): string {
  const plain = word
    .toLowerCase()
    .replace(/(?<=\p{L}{3})is(?=(?:e[drs]?|ing|ations?|able|abl[ey])$)/u, 'iz')
    .replace(/(?<=\p{L}{2})our(?=s?$|al|ed|ing)/u, 'or');
  if (plain.length < 5 || /\d|_/.test(plain)) return plain.length > 3 ? plain.replace(/(?<![su])s$/, '') : plain;
  const short = plain.replace(ENDINGS, '');
  return (short.length < 3 ? plain : short).replace(/([^aeiouls])\1$/, '$1');
}

/** The words of a text, each as it is written: codes and names in one piece, and `n+1` as well. */
export const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}_]+(?:\+\d)?/gu) ?? [];

/** The words in a name that is written as one: `jwt` and `expired` in `JWTExpired` and `ERR_JWT_EXPIRED`. */
export function piecesOf(word: string): string[] {
  const pieces = word
    .replace(/(\p{Ll})(\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$3_$2')
    .split('_')
    .filter(Boolean);
  return pieces.length > 1 ? pieces : [];
}
