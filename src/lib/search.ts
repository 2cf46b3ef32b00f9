import { escaped } from './text.ts';

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
  kind: 'Error code' | 'Topic' | 'Page' | 'Section' | 'Rule' | 'Program';
  title: string;
  /** A machine wrote the title: it is set in mono. */
  code: boolean;
  url: string;
  /** Where it stands: the chapter, or the topic. */
  crumb: string;
  /** HTML with `<mark>` round the words found. */
  excerpt: string;
}

/** Parts of a page that have an id of their own. Rules and programs say what they are by its beginning. */
const PARTS = [
  { id: /^error-(?!codes$)/, kind: 'Error code', code: true },
  { id: /^rule-/, kind: 'Rule', code: false },
  { id: /^sample-.*(?<!-code)$/, kind: 'Program', code: true },
] as const;

/** Parts shown below a page, words shown of a part, and of these before the first that was found. */
const LIMITS = { parts: 2, words: 24, before: 8 };

/**
 * Pagefind's results as rows: each page, then the parts of it that hold most of what was asked for. An error code that is
 * the query itself comes before everything else.
 */
export function rowsOf(results: Found[], query: string): Row[] {
  const terms = query.trim().split(/\s+/).length;
  const rows = results
    .filter((result) => answers(result, query))
    .flatMap((result) => [pageRow(result), ...partRows(result, terms)]);
  const asked = query.trim().toLowerCase();
  const exact = (row: Row) => row.kind === 'Error code' && row.title.toLowerCase() === asked;
  return [...rows.filter(exact), ...rows.filter((row) => !exact(row))];
}

/**
 * Whether a word that was found begins as one of the query does. Pagefind falls back on the longest beginning that it knows,
 * and so finds "z" for "zzqqxx".
 */
function answers(found: Found, query: string): boolean {
  const words = wordsOf(found).map((word) => word.toLowerCase());
  const beginnings = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map((term) => term.slice(0, 3));
  return found.weighted_locations.some(({ location }) =>
    beginnings.some((letters) => words[location]?.includes(letters)),
  );
}

function pageRow({ url, meta, excerpt }: Found): Row {
  const kind = meta['kind'] === 'Topic' ? 'Topic' : 'Page';
  return { kind, title: meta['title'] ?? url, code: false, url, crumb: meta['chapter'] ?? '', excerpt };
}

type Anchor = Found['anchors'][number];

/** What kind of part an element is; undefined for one that is no part, such as a field with an id. */
function partOf({ id, element }: Anchor): { kind: Row['kind']; code: boolean } | undefined {
  const known = PARTS.find((part) => part.id.test(id));
  if (known) return known;
  return /^h[2-6]$/.test(element) ? { kind: 'Section', code: false } : undefined;
}

/** Where search words stand that no reader sees: they count for the page, and for no part of it. */
const KEYWORDS = 'keywords';

function partRows(found: Found, terms: number): Row[] {
  const words = wordsOf(found);
  const anchors = found.anchors
    .filter((anchor) => partOf(anchor) ?? anchor.id === KEYWORDS)
    .sort((a, b) => a.location - b.location);
  const hits = new Map<Anchor, { location: number; word: string }[]>();
  for (const { location } of found.weighted_locations) {
    const anchor = anchors.findLast((candidate) => candidate.location <= location);
    if (!anchor || anchor.id === KEYWORDS) continue;
    hits.set(anchor, [...(hits.get(anchor) ?? []), { location, word: words[location]?.toLowerCase() ?? '' }]);
  }
  return [...hits]
    .map(([anchor, inside]) => {
      const end = anchors[anchors.indexOf(anchor) + 1]?.location ?? words.length;
      // Four letters stand for a word with all its endings. A part cannot hold more of the query than there is.
      const stems = new Set(inside.map(({ word }) => word.replace(/^[^\p{L}\p{N}]+/u, '').slice(0, 4)));
      const different = Math.min(stems.size, terms);
      // A heading that says what was asked for comes before a long text that also holds the words.
      const title = anchor.text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
      const named = [...stems].filter((stem) => stem && title.some((word) => word.startsWith(stem))).length;
      return {
        anchor,
        inside,
        different: different + named,
        density: inside.length / Math.max(1, end - anchor.location),
      };
    })
    .sort((a, b) => b.different - a.different || b.density - a.density)
    .slice(0, LIMITS.parts)
    .map(({ anchor, inside }) => {
      const { kind, code } = partOf(anchor) ?? { kind: 'Section', code: false };
      const url = `${found.url.replace(/#.*$/, '')}#${anchor.id}`;
      const crumb = found.meta['title'] ?? '';
      const first = Math.min(...inside.map(({ location }) => location));
      const excerpt = excerptFrom(found, Math.max(anchor.location, first - LIMITS.before));
      return { kind, title: plain(anchor.text).trim(), code, url, crumb, excerpt };
    });
}

const wordsOf = ({ raw_content }: Found) => raw_content.split(/[\r\n\s]+/g);

/** Some words from `location` on, with every word that was found marked. */
function excerptFrom(found: Found, location: number): string {
  const hits = new Set(found.weighted_locations.map((hit) => hit.location));
  return wordsOf(found)
    .slice(location, location + LIMITS.words)
    .map((word, index) => (hits.has(location + index) ? `<mark>${escaped(plain(word))}</mark>` : escaped(plain(word))))
    .join(' ');
}

const SIGNS: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };

/** Text of Pagefind's, which may come escaped for HTML, as it stood on the page. */
const plain = (text: string) => text.replace(/&(lt|gt|quot|#39|amp);/g, (sign) => SIGNS[sign] ?? sign);
