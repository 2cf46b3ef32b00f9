import { defaultTreeAdapter as tree, parse, type DefaultTreeAdapterTypes as Types } from 'parse5';
import { stemOf, wordsOf, type Outline, type PageOutline, type Part } from '../lib/outline.ts';

const attribute = (element: Types.Element, name: string) => element.attrs.find((one) => one.name === name)?.value;

/** What ids of parts begin with, as in the search of all texts. */
const PARTS: [RegExp, Part['kind']][] = [
  [/^error-(?!codes$)/, 'Error code'],
  [/^rule-/, 'Rule'],
  [/^sample-.*(?<!-code)$/, 'Program'],
];

/** Headings that every topic has. */
const COMMON = new Set(['rules', 'error-codes', 'sources']);

interface Read {
  outline: PageOutline;
  words: Set<string>;
}

/** A page as it was built: its path below the site, and the name of its text in the index. */
export interface BuiltPage {
  path: string;
  text: string;
  html: string;
}

/** What pages say of themselves, read from their HTML, and the words in them. */
export function outlineOf(pages: BuiltPage[]): Outline {
  const read = pages.flatMap((page) => readOf(page) ?? []);
  const written = new Set(read.flatMap(({ words }) => [...words]));
  const outlines = read.map(({ outline }) => outline);
  const said = new Set(outlines.flatMap((outline) => wordsOf(textOf(outline)).map(stemOf)));
  // Of a word's forms one is enough.
  const further = new Map<string, string>();
  for (const word of written) {
    if (/^\D.+$/u.test(word) && !said.has(stemOf(word))) further.set(stemOf(word), word);
  }
  return { pages: outlines, words: [...further.values()].sort().join(' ') };
}

const textOf = ({ title, about, keywords, parts }: PageOutline) =>
  [title, about, ...keywords, ...parts.map((part) => part.title)].join(' ');

/** Undefined for a page that the search leaves out. */
function readOf({ path, text, html }: BuiltPage): Read | undefined {
  const outline: PageOutline = { kind: 'Page', text, path, title: '', chapter: '', about: '', keywords: [], parts: [] };
  const words = new Set<string>();
  let body = false;
  const visit = (node: Types.Node, inside: boolean) => {
    if (inside && tree.isTextNode(node)) for (const word of wordsOf(node.value)) words.add(word.toLowerCase());
    if (!('childNodes' in node)) return;
    let within = inside;
    if (tree.isElementNode(node)) {
      if (attribute(node, 'data-pagefind-ignore') !== undefined || /^(script|style|svg)$/.test(node.tagName)) return;
      within ||= attribute(node, 'data-pagefind-body') !== undefined;
      body ||= within;
      if (within) note(outline, node);
    }
    for (const child of node.childNodes) visit(child, within);
  };
  visit(parse(html), false);
  return body && outline.title ? { outline, words } : undefined;
}

/** Adds what an element says of its page. */
function note(outline: PageOutline, element: Types.Element) {
  const id = attribute(element, 'id') ?? '';
  const [name, ...value] = (attribute(element, 'data-pagefind-meta') ?? '').split(':');
  if (name === 'title') outline.title = contentOf(element);
  if (name === 'kind' && value[0] === 'Topic') outline.kind = 'Topic';
  if (name === 'chapter') outline.chapter = value.join(':');
  if (attribute(element, 'class')?.split(' ').includes('promise')) outline.about = contentOf(element);
  if (id === 'keywords') outline.keywords = contentOf(element).split('. ').filter(Boolean);
  const known = PARTS.find(([pattern]) => pattern.test(id))?.[1];
  const kind = known ?? (/^h[2-6]$/.test(element.tagName) && id && !COMMON.has(id) ? 'Section' : undefined);
  if (kind) outline.parts.push({ kind, id, title: contentOf(element) });
}

function contentOf(node: Types.Node): string {
  const text = (one: Types.Node): string =>
    tree.isTextNode(one) ? one.value : 'childNodes' in one ? one.childNodes.map(text).join('') : '';
  return text(node).replace(/\s+/g, ' ').trim();
}
