import { stemOf, wordsOf, type PageOutline, type Part } from './outline.ts';
import { escaped } from './text.ts';
import { linkTo } from './url.ts';

/** The part of a Pagefind result that is read here. */
export interface Found {
  url: string;
  meta: Record<string, string | undefined>;
  /** HTML with `<mark>` round the words found. */
  excerpt: string;
  /** The page's text, with its words parted by white space. */
  raw_content: string;
  /** Every element of the page that has an id, with the number of the word at which it begins. */
  anchors: { id: string; element: string; text: string; location: number }[];
  /** Where words of the query stand. */
  weighted_locations: { location: number }[];
}

/** One line of the search dialog. */
export interface Row {
  kind: 'Topic' | 'Page' | Part['kind'];
  title: string;
  /** A machine wrote the title: it is set in mono. */
  code: boolean;
  url: string;
  /** Where it stands: the chapter, or the topic. */
  crumb: string;
  /** HTML with `<mark>` round the words found. */
  excerpt: string;
}

/** A page that may answer a query. */
export interface Candidate {
  page: PageOutline;
  /** Whether what it says of itself answers. */
  said: boolean;
  /** Parts whose titles answer, the best first. */
  parts: Part[];
  /** Its text and where words of the query stand in it, once it is loaded. */
  found?: Found | undefined;
}

/** What a reader wants to see: rows of one kind. */
export type Kind = 'Topic' | 'Program' | 'Rule' | 'Error code';

/** Parts of a page that have an id of their own. Rules and programs say what they are by its beginning. */
const PARTS = [
  { id: /^error-(?!codes$)/, kind: 'Error code' },
  { id: /^rule-/, kind: 'Rule' },
  { id: /^sample-.*(?<!-code)$/, kind: 'Program' },
] as const;

const isCode = (kind: Row['kind']) => kind === 'Error code' || kind === 'Program';

/** Parts shown below a page, and of a page whose parts of one kind are wanted; words shown of a part, and before the first found. */
const LIMITS = { parts: 2, ofKind: 8, words: 24, before: 8 };

/**
 * The rows for pages in their order: each page, then the parts of it that hold most of what was asked for. An error code that
 * is the query itself comes before everything else.
 */
export function rowsFor(
  candidates: Candidate[],
  query: string,
  options: { base: string; kind?: Kind | undefined },
): Row[] {
  const { base, kind } = options;
  const rows = candidates
    .filter(({ said, found }) => said || (found !== undefined && answers(found, query)))
    .flatMap((candidate) => [pageRow(candidate, query, base), ...partRows(candidate, query, options)])
    .filter((row) => kind === undefined || row.kind === kind);
  const asked = query.trim().toLowerCase();
  const exact = (row: Row) => row.kind === 'Error code' && row.title.toLowerCase() === asked;
  return [...rows.filter(exact), ...rows.filter((row) => !exact(row))];
}

/** The outline of a page of which only the text is known. */
export function outlineFrom({ url, meta }: Found, base: string): PageOutline {
  const path = (url.startsWith(base) ? url.slice(base.length) : url).replace(/^\//, '').replace(/#.*$/, '');
  const { title = path, chapter = '' } = meta;
  const kind = meta['kind'] === 'Topic' ? 'Topic' : 'Page';
  return { kind, text: '', path, title, chapter, about: '', keywords: [], parts: [] };
}

/**
 * Whether a word that was found begins as one of the query does. Pagefind falls back on the longest beginning that it knows,
 * and so finds "z" for "zzqqxx".
 */
function answers(found: Found, query: string): boolean {
  const words = tokensOf(found).map((word) => word.toLowerCase());
  const beginnings = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map((term) => term.slice(0, 3));
  return found.weighted_locations.some(({ location }) =>
    beginnings.some((letters) => words[location]?.includes(letters)),
  );
}

function pageRow({ page, found }: Candidate, query: string, base: string): Row {
  const { kind, title, path, chapter, about } = page;
  const excerpt = about ? marked(about, query) : (found?.excerpt ?? '');
  return { kind, title, code: false, url: linkTo(path, base), crumb: chapter, excerpt };
}

/** A text as HTML, with words of the query marked. */
function marked(text: string, query: string): string {
  const stems = new Set(wordsOf(query).map(stemOf));
  return text
    .split(/([\p{L}\p{N}_]+)/u)
    .map((piece) => (stems.has(stemOf(piece)) && piece.length > 2 ? `<mark>${escaped(piece)}</mark>` : escaped(piece)))
    .join('');
}

/** First the parts whose titles answer, then those whose text does. */
function partRows(
  candidate: Candidate,
  query: string,
  { base, kind }: { base: string; kind?: Kind | undefined },
): Row[] {
  const { page, parts, found } = candidate;
  const inText = found ? partsIn(found, query) : [];
  const titled = parts.map((part) => ({ ...part, excerpt: inText.find(({ id }) => id === part.id)?.excerpt ?? '' }));
  const further = inText.filter(({ id }) => !parts.some((part) => part.id === id));
  const all = [...titled, ...further].filter((part) => kind === undefined || part.kind === kind);
  return all.slice(0, kind === undefined ? LIMITS.parts : LIMITS.ofKind).map(({ kind: is, id, title, excerpt }) => ({
    kind: is,
    title,
    code: isCode(is),
    url: `${linkTo(page.path, base)}#${id}`,
    crumb: page.title,
    excerpt,
  }));
}

type Anchor = Found['anchors'][number];

/** What kind of part an element is; undefined for one that is no part, such as a field with an id. */
function kindOf({ id, element }: Anchor): Part['kind'] | undefined {
  const known = PARTS.find((part) => part.id.test(id));
  if (known) return known.kind;
  return /^h[2-6]$/.test(element) ? 'Section' : undefined;
}

/** Where search words stand that no reader sees: they count for the page, and for no part of it. */
const KEYWORDS = 'keywords';

/** The parts of a page whose text holds words of a query, those with most of them first. */
function partsIn(found: Found, query: string): (Part & { excerpt: string })[] {
  const words = tokensOf(found);
  const terms = query.trim().split(/\s+/).length;
  const anchors = found.anchors
    .filter((anchor) => kindOf(anchor) ?? anchor.id === KEYWORDS)
    .sort((a, b) => a.location - b.location);
  return [...hitsIn(found, words, anchors)]
    .map(([anchor, inside]) => {
      const end = anchors[anchors.indexOf(anchor) + 1]?.location ?? words.length;
      // Four letters stand for a word with all its endings. A part cannot hold more of the query than there is.
      const stems = new Set(inside.map(({ word }) => word.replace(/^[^\p{L}\p{N}]+/u, '').slice(0, 4)));
      // A heading that says what was asked for comes before a long text that also holds the words.
      const title = anchor.text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
      const named = [...stems].filter((stem) => stem && title.some((word) => word.startsWith(stem))).length;
      const density = inside.length / Math.max(1, end - anchor.location);
      return { anchor, inside, held: Math.min(stems.size, terms) + named, density };
    })
    .sort((a, b) => b.held - a.held || b.density - a.density)
    .map(({ anchor, inside }) => {
      const first = Math.min(...inside.map(({ location }) => location));
      const excerpt = excerptFrom(found, Math.max(anchor.location, first - LIMITS.before));
      return { kind: kindOf(anchor) ?? 'Section', id: anchor.id, title: plain(anchor.text).trim(), excerpt };
    });
}

/** The words found, by the part in which they stand. */
function hitsIn(found: Found, words: string[], anchors: Anchor[]) {
  const hits = new Map<Anchor, { location: number; word: string }[]>();
  for (const { location } of found.weighted_locations) {
    const anchor = anchors.findLast((candidate) => candidate.location <= location);
    if (!anchor || anchor.id === KEYWORDS) continue;
    hits.set(anchor, [...(hits.get(anchor) ?? []), { location, word: words[location]?.toLowerCase() ?? '' }]);
  }
  return hits;
}

const tokensOf = ({ raw_content }: Found) => raw_content.split(/[\r\n\s]+/g);

/** Some words from `location` on, with every word that was found marked. */
function excerptFrom(found: Found, location: number): string {
  const hits = new Set(found.weighted_locations.map((hit) => hit.location));
  return tokensOf(found)
    .slice(location, location + LIMITS.words)
    .map((word, index) => (hits.has(location + index) ? `<mark>${escaped(plain(word))}</mark>` : escaped(plain(word))))
    .join(' ');
}

const SIGNS: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };

/** Text of Pagefind's, which may come escaped for HTML, as it stood on the page. */
const plain = (text: string) => text.replace(/&(lt|gt|quot|#39|amp);/g, (sign) => SIGNS[sign] ?? sign);
