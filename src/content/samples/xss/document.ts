import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';

// #region code
const BASE = 'https://shop.test/';

/** Spaces, tabs and line breaks in a URL do not hide its scheme. */
const isScriptUrl = (value: string) =>
  URL.canParse(value, BASE) && new URL(value, BASE).protocol === 'javascript:';

const isData = (attrs: { name: string; value: string }[]) =>
  attrs.some(({ name, value }) => name === 'type' && value.endsWith('json'));

/** Every element of a page, as the HTML standard says how to parse it. */
export function elementsOf(html: string): Tree.Element[] {
  const below = (node: Tree.Node): Tree.Element[] =>
    'childNodes' in node
      ? node.childNodes.flatMap((child) => [
          ...('tagName' in child ? [child] : []),
          ...below(child),
        ])
      : [];
  return below(parse(html));
}

export const textOf = (element: Tree.Element) =>
  element.childNodes.map((n) => ('value' in n ? n.value : '')).join('');

/** Everything in a page that a browser would run, decoded. */
export function codeIn(html: string): string[] {
  return elementsOf(html).flatMap((element) => {
    const values = element.attrs
      .filter(({ name, value }) => name.startsWith('on') || isScriptUrl(value))
      .map(({ value }) => value);
    const isScript = element.tagName === 'script' && !isData(element.attrs);
    return isScript ? [...values, textOf(element)] : values;
  });
}
// #endregion code

/** Whether alert(1) stands in code, and not inside a string of it. */
export const runsAlert = (html: string) =>
  codeIn(html).some((code) =>
    code
      .replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '')
      .includes('alert(1)'),
  );
