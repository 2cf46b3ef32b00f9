import { piecesOf, stemOf, wordsOf, type Outline, type PageOutline, type Part } from './outline.ts';
import { wordsIn } from './query.ts';
import { nearestOf } from './spelling.ts';

/** A page that answers a query, and how well: scores of one query can be compared. */
export interface Ranked {
  page: PageOutline;
  score: number;
  /** Parts that hold words of the query, the best first. */
  parts: Part[];
}

/** What a query found in the outline. */
export interface Finding {
  ranked: Ranked[];
  /** The query with words that nobody knows replaced by the nearest that are known; undefined when there are none. */
  corrected?: string;
  /** How much of what is rare in the query the outline knows, from 0 to 1. */
  known: number;
}

/** How much a word counts by where a page says it. */
const WEIGHTS = { title: 9, keyword: 7, code: 10, section: 3.5, rule: 1.6, program: 1, about: 3 };
const WEIGHT_OF: Record<Part['kind'], number> = {
  Section: WEIGHTS.section,
  Rule: WEIGHTS.rule,
  Program: WEIGHTS.program,
  'Error code': WEIGHTS.code,
};

/** What each word of a keyword adds that a query holds as it is; how much less a word's beginning counts than the word. */
const PHRASE = 5;
const BEGINNING = 0.6;

interface Term {
  /** Weight by the number of the page. */
  pages: Map<number, number>;
}

/** Finds pages by what they say of themselves. Built once from an outline. */
export class Finder {
  readonly #outline: Outline;
  readonly #pages: Map<string, PageOutline>;
  readonly #terms = new Map<string, Term>();
  /** Stems in their order, so that those that begin alike stand together. */
  readonly #stems: string[];
  readonly #vocabulary: Set<string>;
  readonly #known: Set<string>;
  readonly #phrases: { page: number; title: boolean; stems: string[] }[] = [];

  constructor(outline: Outline) {
    this.#outline = outline;
    this.#pages = new Map(outline.pages.map((page) => [page.text, page]));
    const spelled = new Set<string>();
    const add = (page: number, text: string, weight: number) => {
      const words = wordsOf(text);
      const seen = new Set<string>();
      for (const word of [...words, ...words.flatMap(piecesOf)]) {
        spelled.add(word.toLowerCase());
        const stem = stemOf(word);
        if (seen.has(stem)) continue;
        seen.add(stem);
        const { pages } = this.#terms.get(stem) ?? this.#newTerm(stem);
        const before = pages.get(page) ?? 0;
        // What is said often is not more than what is said in the right place.
        pages.set(page, Math.max(before, weight) + 0.15 * Math.min(before, weight));
      }
    };
    outline.pages.forEach(({ title, about, keywords, parts }, page) => {
      add(page, title, WEIGHTS.title);
      add(page, about, WEIGHTS.about);
      for (const part of parts) add(page, part.title, WEIGHT_OF[part.kind]);
      for (const keyword of [title, ...keywords]) {
        add(page, keyword, WEIGHTS.keyword);
        this.#phrases.push({ page, title: keyword === title, stems: wordsIn(keyword).flatMap(wordsOf).map(stemOf) });
      }
    });
    for (const word of outline.words.split(' ')) if (word) spelled.add(word);
    this.#vocabulary = spelled;
    this.#known = new Set([...spelled].map(stemOf));
    this.#stems = [...this.#terms.keys()].sort();
  }

  #newTerm(stem: string): Term {
    const term: Term = { pages: new Map() };
    this.#terms.set(stem, term);
    return term;
  }

  /** The pages that answer these words, the best first. A word that nobody knows is taken for the nearest known one. */
  find(words: string[]): Finding {
    const replaced = new Map<string, string>();
    for (const word of words.flatMap(wordsOf)) {
      const near = this.#nearest(word);
      if (near) replaced.set(word, near);
    }
    const spelled = words.map((word) => word.replace(/[\p{L}\p{N}_]+/gu, (one) => replaced.get(one) ?? one));
    return {
      ...this.#rank(spelled),
      ...(replaced.size > 0 && { corrected: spelled.join(' ') }),
    };
  }

  /** Keywords that look most like a query, for a reader whose words are nowhere. */
  suggestions(query: string, most: number): string[] {
    const all = [...new Set(this.#outline.pages.flatMap(({ title, keywords }) => [title, ...keywords]))];
    return nearestOf(query.toLowerCase(), all, most);
  }

  /** The page with this text; undefined for one that the outline does not hold. */
  pageOf = (text: string): PageOutline | undefined => this.#pages.get(text);

  /** Whether any page holds this word, one of its forms, or one that begins with it. An empty outline cannot tell. */
  knows(word: string): boolean {
    if (this.#vocabulary.size === 0) return true;
    return wordsOf(word).some((one) => /^\d+$/.test(one) || this.#known.has(stemOf(one)) || this.#begins(one));
  }

  #begins = (word: string) => this.#beginning(word.toLowerCase()).length > 0;

  #nearest(word: string): string | undefined {
    const lower = word.toLowerCase();
    // A name or a code that is not known is no misspelling.
    if (lower.length < 4 || /[\d_]/.test(word) || piecesOf(word).length > 0) return undefined;
    if (this.knows(word)) return undefined;
    return nearestOf(lower, [...this.#vocabulary], 1, lower.length < 6 ? 1 : 2)[0];
  }

  #beginning(letters: string): string[] {
    let low = 0;
    let high = this.#stems.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#stems[middle] ?? '') < letters) low = middle + 1;
      else high = middle;
    }
    const found: string[] = [];
    for (let at = low; this.#stems[at]?.startsWith(letters); at++) found.push(this.#stems[at] ?? '');
    return found;
  }

  /** What a word stands for: itself, what it is the beginning of, or the words that it is made of. */
  #meanings(word: string): { stem: string; factor: number }[] {
    const stem = stemOf(word);
    const lower = word.toLowerCase();
    const exact = this.#terms.has(stem) ? [{ stem, factor: 1 }] : [];
    const longer =
      lower.length < 3
        ? []
        : this.#beginning(lower)
            .filter((other) => other !== stem)
            .map((other) => ({ stem: other, factor: BEGINNING * (lower.length / other.length) }));
    return [...exact, ...longer];
  }

  #rank(words: string[]): Pick<Finding, 'ranked' | 'known'> {
    const asked = [...new Set(words.flatMap(wordsOf))].flatMap((word) => {
      if (this.#meanings(word).length > 0) return [word];
      const pieces = piecesOf(word);
      return pieces.length > 0 ? pieces : [word];
    });
    const count = this.#outline.pages.length;
    const scores = new Map<number, { score: number; held: number }>();
    let total = 0;
    let known = 0;
    for (const word of asked) {
      const meanings = this.#meanings(word);
      const best = new Map<number, number>();
      for (const { stem, factor } of meanings) {
        for (const [page, weight] of this.#terms.get(stem)?.pages ?? []) {
          best.set(page, Math.max(best.get(page) ?? 0, weight * factor));
        }
      }
      const rarity = Math.log(1 + (count + 1) / (best.size + 0.5));
      total += rarity;
      if (best.size > 0) known += rarity;
      for (const [page, weight] of best) {
        const place = scores.get(page) ?? { score: 0, held: 0 };
        scores.set(page, { score: place.score + rarity * weight, held: place.held + rarity });
      }
    }
    const stems = words.flatMap(wordsOf).map(stemOf);
    const phrases = this.#phraseScores(stems);
    const ranked = [...scores].map(([number, { score, held }]) => {
      const page = this.#outline.pages[number] as PageOutline;
      const whole = 0.4 + 0.6 * (held / total);
      return { page, score: score * whole + (phrases.get(number) ?? 0), parts: partsOf(page, asked) };
    });
    return { ranked: ranked.sort((a, b) => b.score - a.score), known: total > 0 ? known / total : 0 };
  }

  /** What pages get for keywords that the query holds as they are. */
  #phraseScores(stems: string[]): Map<number, number> {
    const query = ` ${stems.join(' ')} `;
    const scores = new Map<number, number>();
    for (const { page, title, stems: phrase } of this.#phrases) {
      if (phrase.length === 0 || !query.includes(` ${phrase.join(' ')} `)) continue;
      const part = phrase.length / stems.length;
      scores.set(page, Math.max(scores.get(page) ?? 0, PHRASE * phrase.length * (title ? 1.5 : 1) * (1 + part)));
    }
    return scores;
  }
}

/** The parts of a page whose titles hold words of a query, those with most of them first. */
function partsOf(page: PageOutline, asked: string[]): Part[] {
  const stems = asked.map(stemOf);
  const places = page.parts.map((part) => {
    const own = wordsOf(part.title)
      .flatMap((word) => [word, ...piecesOf(word)])
      .map(stemOf);
    const held = stems.filter((stem) => own.includes(stem)).length;
    return { part, held: held + (part.kind === 'Error code' && held > 0 ? 2 : 0), length: own.length };
  });
  const enough = Math.min(2, stems.length);
  return places
    .filter(({ held }) => held >= enough)
    .sort((a, b) => b.held - a.held || a.length - b.length)
    .map(({ part }) => part);
}
