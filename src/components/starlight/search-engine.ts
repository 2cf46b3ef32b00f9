import { Finder, type Finding } from '../../lib/finder.ts';
import type { Outline, PageOutline } from '../../lib/outline.ts';
import { holdsPhrase, merged, wordsIn, type Hit, type Place } from '../../lib/query.ts';
import { outlineFrom, rowsFor, type Candidate, type Found, type Kind, type Row } from '../../lib/search.ts';
import { linkTo } from '../../lib/url.ts';

interface Result extends Hit {
  data(): Promise<Found>;
}

/** The part of Pagefind's interface that is used here. */
interface Pagefind {
  createInstance(options: object): { search(word: string): Promise<{ results: Result[] }> };
}
type Index = ReturnType<Pagefind['createInstance']>;

/** What a reader sees rows of. */
export interface Filter {
  /** The title of a chapter. */
  chapter?: string | undefined;
  kind?: Kind | undefined;
}

/** What is known of a query's answer. */
export interface Answer {
  rows: Row[];
  /** The words that were searched for, if those typed are misspelled. */
  corrected?: string | undefined;
  /** `outline`: from what pages say of themselves, the texts follow. `faulty`: the texts could not be searched. */
  state: 'outline' | 'complete' | 'faulty';
}

/** Pages looked at for one list of rows, and for one whose rows are of one kind; milliseconds until loading has failed. */
const LIMITS = { pages: 8, ofKind: 16, wait: 9_000 };

/** How much a page's text counts beside what it says of itself, and what it gets for the query as it was typed. */
const TEXT = { weight: 1, phrase: 0.2 };

/** How much an overview counts beside the topics that it leads to. */
const OVERVIEW = 0.8;

/** Long pages are not better pages, and a word that fills a page does not make it the answer. */
const RANKING = { pageLength: 0.1, termFrequency: 0.4, termSaturation: 1.2 };

/** Answers queries, first from the outline of all pages and then from their texts as well. */
export class SearchEngine {
  readonly #base: string;
  #finder: Promise<Finder | undefined> | undefined;
  #index: Promise<Index> | undefined;

  constructor(base: string) {
    this.#base = base;
  }

  /** Loads the outline, so that the first answer is there at once. */
  prepare(): Promise<Finder | undefined> {
    return (this.#finder ??= this.#loadOutline().catch(() => (this.#finder = undefined)));
  }

  /** One answer or two. `stillAsked` is called before the texts are searched: a reader may have typed on. */
  async *answers(query: string, filter: Filter, stillAsked: () => Promise<boolean>): AsyncGenerator<Answer> {
    const late = performance.now() + LIMITS.wait;
    // Where the outline does not come, the texts answer alone.
    const finder = await within(LIMITS.wait / 2, this.prepare()).catch(() => undefined);
    const finding = finder?.find(wordsIn(query));
    const first = finding
      ? this.#rows(candidatesOf(finding, new Map(), filter), finding.corrected ?? query, filter)
      : [];
    const { corrected } = finding ?? {};
    if (first.length > 0) yield { rows: first, corrected, state: 'outline' };
    if (!(await stillAsked())) return;
    try {
      const rows = await within(late - performance.now(), this.#complete(query, filter, finder, finding));
      yield { rows, corrected, state: 'complete' };
    } catch {
      this.#index = undefined;
      yield { rows: first, corrected, state: 'faulty' };
    }
  }

  /** Keywords that look like a query; none without an outline. */
  async suggestions(query: string): Promise<string[]> {
    return (await this.prepare())?.suggestions(query, 5) ?? [];
  }

  async #complete(query: string, filter: Filter, finder?: Finder, finding?: Finding): Promise<Row[]> {
    const asked = finding?.corrected ?? query;
    const index = await (this.#index ??= this.#loadIndex());
    // For a word that it does not know, Pagefind finds pages with the longest beginning that it knows.
    const words = wordsIn(asked).filter((word) => finder?.knows(word) ?? true);
    const searches = await Promise.all(words.map(async (word) => (await index.search(word)).results));
    const places = merged(searches);
    const texts = new Map(searches.flat().map((result) => [result.id, result]));
    const load = async (id: string): Promise<Found | undefined> => {
      const locations = (places.get(id)?.locations ?? []).map((location) => ({ location }));
      const text = await texts.get(id)?.data();
      return text && { ...text, weighted_locations: locations };
    };
    const byScore = [...places].sort(([, a], [, b]) => b.score - a.score).map(([id]) => id);
    const unknown = await this.#outlinesOf(byScore, finder, load);
    const candidates = candidatesOf(finding, places, filter, (id) => finder?.pageOf(id) ?? unknown.get(id));
    const loaded = await Promise.all(candidates.map(async (one) => ({ ...one, found: await load(one.page.text) })));
    const phrase = ({ score, found }: (typeof loaded)[number]) =>
      score + (found && holdsPhrase(found.raw_content, query) ? TEXT.phrase : 0);
    return this.#rows(
      loaded.sort((a, b) => phrase(b) - phrase(a)),
      asked,
      filter,
    );
  }

  /** Outlines of the pages with these texts that the outline does not hold, as far as they are looked at. */
  async #outlinesOf(ids: string[], finder: Finder | undefined, load: (id: string) => Promise<Found | undefined>) {
    const unknown = ids.filter((id) => !finder?.pageOf(id)).slice(0, LIMITS.ofKind);
    const outlines = unknown.map(async (id) => {
      const found = await load(id);
      return found ? ([[id, { ...outlineFrom(found, this.#base), text: id }]] as const) : [];
    });
    return new Map<string, PageOutline>((await Promise.all(outlines)).flat());
  }

  #rows = (candidates: Candidate[], query: string, { kind }: Filter) =>
    rowsFor(candidates, query, { base: this.#base, kind });

  async #loadOutline(): Promise<Finder> {
    const signal = AbortSignal.timeout(LIMITS.wait);
    const response = await fetch(linkTo('pagefind/outline.json', this.#base), { signal });
    if (!response.ok) throw new Error(`The outline was answered with ${response.status}.`);
    return new Finder((await response.json()) as Outline);
  }

  async #loadIndex(): Promise<Index> {
    const folder = linkTo('pagefind/', this.#base);
    const pagefind = (await import(/* @vite-ignore */ `${folder}pagefind.js`)) as Pagefind;
    return pagefind.createInstance({ basePath: folder, baseUrl: this.#base, noWorker: true, ranking: RANKING });
  }
}

/** The pages that answer best, with scores: what they say of themselves and their texts together. */
function candidatesOf(
  finding: Finding | undefined,
  places: Map<string, Place>,
  { chapter, kind }: Filter,
  pageOf?: (text: string) => PageOutline | undefined,
): (Candidate & { score: number })[] {
  const best = finding?.ranked[0]?.score ?? 0;
  const all = new Map<string, Candidate & { score: number }>();
  for (const { page, parts, score } of finding?.ranked ?? []) {
    all.set(page.text, { page, parts, said: true, score: ((finding?.known ?? 0) * score) / best });
  }
  for (const [id, { score }] of places) {
    const page = all.get(id)?.page ?? pageOf?.(id);
    if (!page) continue;
    const before = all.get(id) ?? { page, parts: [], said: false, score: 0 };
    all.set(id, { ...before, score: before.score + TEXT.weight * score });
  }
  return [...all.values()]
    .filter(({ page }) => chapter === undefined || page.chapter === chapter)
    .map((one) => (one.page.kind === 'Page' ? { ...one, score: one.score * OVERVIEW } : one))
    .sort((a, b) => b.score - a.score)
    .slice(0, kind === undefined ? LIMITS.pages : LIMITS.ofKind);
}

/** Rejects when a promise takes longer than so many milliseconds. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('It takes too long.')), milliseconds);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
