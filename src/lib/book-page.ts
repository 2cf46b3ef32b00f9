import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import { escaped } from './text.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A page of the site as a book has it: what a reader reads, without what only a browser can do. */
export interface BookPage {
  /** Below the site's root: `api/pagination/`. */
  path: string;
  title: string;
  /** The sentence under the title, if there is one. */
  promise: string;
  /** Every id that a link may lead to. */
  ids: Set<string>;
  content: Element;
}

/** How a book writes what depends on its form. */
export interface BookForm {
  /** Where a link of this page leads in the book. */
  link(href: string): string;
  /** An id of this page, as it stands in the book. */
  id(id: string): string;
  /** CSS with the values of its tokens. */
  css(text: string): string;
  /** By how many levels headings stand lower than on the page. */
  lower: number;
}

/** What a book has no use for: controls, links of a heading to itself, and what the site hides or draws twice. */
const DROPPED = {
  names: new Set(['script', 'style', 'button', 'form', 'input', 'template', 'hb-copy']),
  classes: new Set([
    'acts',
    'sl-anchor-link',
    'permalink',
    'count',
    'storage',
    'narrow',
    'starlight-aside__icon',
    'void',
  ]),
};

/** What becomes another element: a book cannot be unfolded. */
const RENAMED: Record<string, string> = { details: 'div', summary: 'p' };

const KEPT = new Set(['id', 'class', 'href', 'datetime', 'style', 'role', 'aria-label', 'colspan', 'rowspan', 'lang']);
const VOID = new Set(['br', 'hr', 'img', 'wbr', 'col']);
const SVG = 'http://www.w3.org/2000/svg';

/** The part of a built page that a book takes. Throws, naming the page, when it has no title or no content. */
export function bookPageOf(path: string, html: string): BookPage {
  const document = parse(html);
  const title = found(document, (element) => element.tagName === 'h1');
  const promise = found(document, (element) => classesOf(element).includes('promise'));
  const content = found(document, (element) => classesOf(element).includes('sl-markdown-content'));
  if (!title || !content) throw new Error(`${path} has no title or no content that a book could take.`);
  const ids = new Set(elementsIn(content).flatMap((element) => valueOf(element, 'id') ?? []));
  return { path, title: textOf(title).trim(), promise: promise ? textOf(promise).trim() : '', ids, content };
}

/** The content of a page as XHTML. */
export function xhtmlOf({ content }: BookPage, form: BookForm): string {
  return content.childNodes.map((node) => written(node, form)).join('');
}

function written(node: Node, form: BookForm): string {
  if (node.nodeName === '#text' && 'value' in node) return escaped(node.value);
  if (!('tagName' in node) || isDropped(node)) return '';
  const inside = node.childNodes.map((child) => written(child, form)).join('');
  if (isWrapper(node)) return inside;
  const [, level] = /^h([1-6])$/.exec(node.tagName) ?? [];
  const name = level ? `h${Number(level) + form.lower}` : (RENAMED[node.tagName] ?? node.tagName);
  const start = name + attributesOf(node, form);
  return VOID.has(name) ? `<${start}/>` : `<${start}>${inside}</${name}>`;
}

/** A custom element, what only holds a heading beside its link, and punctuation, which a book does not colour. */
function isWrapper(element: Element): boolean {
  const classes = classesOf(element);
  const isPunctuation = element.tagName === 'span' && valueOf(element, 'class') === 'p';
  return element.tagName.includes('-') || classes.includes('sl-heading-wrapper') || isPunctuation;
}

function isDropped(element: Element): boolean {
  const isIcon = element.tagName === 'svg' && valueOf(element, 'viewBox') === '0 0 16 16';
  return (
    isIcon ||
    DROPPED.names.has(element.tagName) ||
    valueOf(element, 'hidden') !== undefined ||
    classesOf(element).some((name) => DROPPED.classes.has(name))
  );
}

function attributesOf(element: Element, form: BookForm): string {
  const isDrawing = String(element.namespaceURI) === SVG;
  const attributes: [string, string][] = element.tagName === 'svg' ? [['xmlns', SVG]] : [];
  for (const { name, value } of element.attrs) {
    if (name === 'xmlns' || name === 'focusable' || name === 'aria-hidden') continue;
    if (name === 'class') {
      const classes = classesOf(element).filter((each) => !/^(astro-(?!code$)|not-content$)/.test(each));
      if (classes.length > 0) attributes.push([name, classes.join(' ')]);
    } else if (name === 'id') attributes.push([name, form.id(value)]);
    else if (name === 'href') attributes.push([name, form.link(value)]);
    // A region is one because it scrolls, and a book does not.
    else if (element.tagName === 'pre') continue;
    else if (isDrawing || KEPT.has(name)) attributes.push([name, form.css(asColumns(value))]);
  }
  return attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
}

/** A timeline's style names its columns in a custom property, which few reading devices know. */
const asColumns = (style: string) =>
  style.replace(/^--sessions: (\d+)$/, 'grid-template-columns: repeat($1, minmax(0, 1fr))');

function found(node: Node, wanted: (element: Element) => boolean): Element | undefined {
  return elementsIn(node).find(wanted);
}

function elementsIn(node: Node): Element[] {
  const inside = 'childNodes' in node ? node.childNodes.flatMap(elementsIn) : [];
  return 'tagName' in node ? [node, ...inside] : inside;
}

const valueOf = (element: Element, name: string) => element.attrs.find((attribute) => attribute.name === name)?.value;

const classesOf = (element: Element) => valueOf(element, 'class')?.split(/\s+/).filter(Boolean) ?? [];

const textOf = (node: Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
