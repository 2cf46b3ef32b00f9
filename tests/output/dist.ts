import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type DefaultTreeAdapterTypes } from 'parse5';

/** Where the build under test lies. */
export const DIST = 'dist';

/** The path that it was built to live under, with a slash at both ends. */
export const BASE = `/${(process.env['BASE_PATH'] ?? '').split('/').filter(Boolean).join('/')}/`.replace('//', '/');

if (!existsSync(join(DIST, 'index.html'))) throw new Error('There is no build. Run `npm run build` first.');

/** A file of the build, as text. */
export const text = (path: string) => readFileSync(join(DIST, path), 'utf8');

/** A file of the build, as bytes. */
export const bytes = (path: string) => readFileSync(join(DIST, path));

/** Whether the build has a file. */
export const has = (path: string) => existsSync(join(DIST, path));

/** Paths of the build that match, sorted. Folders that begin with a dot are looked into. */
export const paths = (pattern: string) =>
  [...globSync(pattern, { cwd: DIST }), ...globSync(`.well-known/${pattern}`, { cwd: DIST })].sort();

/** Every HTML page. The sandbox's frame is none that a reader sees. */
export const pages = paths('**/*.html').filter((path) => !path.startsWith('_sandbox/'));

/** `api/pagination` for every topic, read from the source. */
export const topics = globSync('*/*.mdx', { cwd: 'src/content/docs' })
  .filter((path) => !path.endsWith('/index.mdx'))
  .map((path) => path.replace(/\.mdx$/, ''))
  .sort();

/** An element with its attributes by name. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
}

const parsed = new Map<string, Element[]>();

/** All elements of a page, in order. */
export function elementsOf(page: string): Element[] {
  const known = parsed.get(page);
  if (known) return known;
  const found: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node): string => {
    if ('value' in node && node.nodeName === '#text') return node.value;
    const element = 'tagName' in node ? { name: node.tagName, attributes: {}, text: '' } : undefined;
    if (element) found.push(element);
    const inside = 'content' in node ? node.content.childNodes : 'childNodes' in node ? node.childNodes : [];
    const content = inside.map(visit).join('');
    if (element && 'attrs' in node) {
      element.attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]));
      element.text = content;
    }
    return content;
  };
  visit(parse(text(page)));
  parsed.set(page, found);
  return found;
}
