import assert from 'node:assert/strict';
import sanitizeHtml from 'sanitize-html';
import { elementsOf, runsAlert } from './document.ts';

// #region filters
/** Removes what its author could think of. */
function withoutScripts(html: string) {
  return html
    .replaceAll(/<script.*?>.*?<\/script>/gis, '')
    .replaceAll(/\son\w+="[^"]*"/gi, '')
    .replaceAll(/javascript:/gi, '');
}

/** Keeps what is named here, and writes the rest anew as text. */
function comment(html: string) {
  return sanitizeHtml(html, {
    allowedTags: ['p', 'br', 'b', 'i', 'em', 'strong', 'ul', 'ol', 'li', 'a'],
    allowedAttributes: { a: ['href', 'rel'] },
    allowedSchemes: ['https', 'mailto'],
    allowProtocolRelative: false,
    // Links of strangers: no vote for them, no way back to our window.
    transformTags: {
      a: sanitizeHtml.simpleTransform('a', {
        rel: 'nofollow noopener ugc',
      }),
    },
  });
}

/** Sanitised first, "repaired" afterwards. */
function thenDecoded(html: string) {
  return comment(html).replaceAll('&lt;', '<').replaceAll('&gt;', '>');
}
// #endregion filters

const inputs: Record<string, string> = {
  'bold and a link': '<b>Hi</b> <a href="https://a.test/">a</a>',
  'script element': '<script>alert(1)</script>',
  'script in a script': '<scr<script></script>ipt>alert(1)</script>',
  'handler, no quotes': '<img src=x onerror=alert(1)>',
  'svg with a slash': '<svg/onload=alert(1)>',
  'broken scheme': '<a href="java&#10;script:alert(1)">a</a>',
  'written as entities': '&lt;img src=x onerror=alert(1)&gt;',
};
const filters = { withoutScripts, thenDecoded, comment };
const outcomeOf = (html: string, input: string) => {
  if (runsAlert(html)) return 'runs';
  const tags = elementsOf(html).map(({ tagName }) => tagName);
  const isKept = tags.includes('b') && tags.includes('a');
  return input.startsWith('<b>') ? (isKept ? 'kept' : 'lost') : 'harmless';
};
console.log(
  ''.padEnd(20),
  Object.keys(filters)
    .map((name) => name.padEnd(15))
    .join('')
    .trim(),
);
const seen: string[][] = [];
for (const [what, input] of Object.entries(inputs)) {
  const outcomes = Object.values(filters).map((filter) =>
    outcomeOf(filter(input), input),
  );
  console.log(
    what.padEnd(20),
    outcomes
      .map((outcome) => outcome.padEnd(15))
      .join('')
      .trim(),
  );
  seen.push(outcomes);
}
console.log();
const kept = comment(inputs['bold and a link'] ?? '');
console.log(kept);
assert(kept.includes('rel="nofollow noopener ugc"'));
for (const [, , right] of seen) assert.match(right ?? '', /^(kept|harmless)$/);
assert.deepEqual(
  seen.map(([withoutScripts]) => withoutScripts),
  ['kept', 'harmless', 'runs', 'runs', 'runs', 'runs', 'harmless'],
);
assert.equal(seen.at(-1)?.[1], 'runs');
