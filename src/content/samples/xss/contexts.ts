import assert from 'node:assert/strict';
import { elementsOf, runsAlert, textOf } from './document.ts';

// #region contexts
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
const unchanged = (text: string) => text;

type Page = Record<string, (value: string) => string>;

/** The same encoding, wherever the value stands. */
const withOne = (encode: (text: string) => string): Page => ({
  text: (value) => `<p>${encode(value)}</p>`,
  quoted: (value) => `<input value="${encode(value)}">`,
  unquoted: (value) => `<input value=${encode(value)}>`,
  link: (value) => `<a href="${encode(value)}">website</a>`,
  handler: (value) => `<a onclick="greet('${encode(value)}')">hello</a>`,
  json: (value) =>
    `<script>const user = ${JSON.stringify(encode(value))}</script>`,
});

/** Only what leads to a page: `javascript:` is a URL as well. */
const webAddress = (value: string) =>
  URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? value
    : 'about:blank';

/** JSON may write any character as an escape. HTML sees no tag then. */
const json = (value: unknown) =>
  JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

const byContext: Page = {
  text: (value) => `<p>${escaped(value)}</p>`,
  quoted: (value) => `<input value="${escaped(value)}">`,
  unquoted: (value) => `<input value="${escaped(value)}">`,
  link: (value) => `<a href="${escaped(webAddress(value))}">website</a>`,
  // A script of ours reads the attribute: data, not code.
  handler: (value) => `<a data-name="${escaped(value)}">hello</a>`,
  json: (value) => `<script type="application/json">${json(value)}</script>`,
};
// #endregion contexts

const attacks: Record<string, string> = {
  text: '<img src=x onerror=alert(1)>',
  quoted: '" autofocus onfocus=alert(1) x="',
  unquoted: 'x autofocus onfocus=alert(1)',
  link: ' java\tscript:alert(1)',
  handler: "');alert(1);('",
  json: '</script><script>alert(1)</script>',
};
const NAME = "O'Neil & <Sons>";
const ADDRESS = 'https://shop.test/?a=1&b=2';

/** What a reader, or a script of ours, finds in the page. */
function readBack(html: string): string {
  const element = elementsOf(html).find(({ tagName }) =>
    ['p', 'input', 'a', 'script'].includes(tagName),
  );
  assert(element);
  const attribute = (wanted: string) =>
    element.attrs.find(({ name }) => name === wanted)?.value;
  const call = /^greet\('(.*)'\)$/.exec(attribute('onclick') ?? '')?.[1];
  const found = attribute('value') ?? attribute('href') ?? call;
  if (found !== undefined) return found;
  const text = textOf(element).replace('const user = ', '');
  if (element.tagName === 'p') return text;
  if (element.tagName === 'a') return attribute('data-name') ?? '';
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}

const ways = {
  unchanged: withOne(unchanged),
  escaped: withOne(escaped),
  byContext,
};
console.log('context   unchanged  escaped    byContext');
const seen: string[][] = [];
for (const [context, attack] of Object.entries(attacks)) {
  const honest = context === 'link' ? ADDRESS : NAME;
  const outcomes = Object.values(ways).map((page) => {
    const render = page[context];
    assert(render);
    if (runsAlert(render(attack))) return 'runs';
    return readBack(render(honest)) === honest ? 'right' : 'garbled';
  });
  console.log(
    context.padEnd(9),
    outcomes
      .map((o) => o.padEnd(10))
      .join(' ')
      .trim(),
  );
  seen.push(outcomes);
}
assert.deepEqual(seen, [
  ['runs', 'right', 'right'],
  ['runs', 'right', 'right'],
  ['runs', 'runs', 'right'],
  ['runs', 'runs', 'right'],
  ['runs', 'runs', 'right'],
  ['runs', 'garbled', 'right'],
]);
// The handler was escaped, and the browser decoded it before it ran it.
const [link] = elementsOf(
  ways.escaped.handler?.("');alert(1);('") ?? '',
).filter(({ tagName }) => tagName === 'a');
assert.equal(link?.attrs[0]?.value, "greet('');alert(1);('')");
