import assert from 'node:assert/strict';

// #region encode
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Run over every body, to be on the safe side. */
const sanitise = (text: string) =>
  escapeHtml(text.replace(/<[^>]*>/g, '').trim());

/** Each output has an encoding of its own, used when it is written. */
const outputs: Record<string, (text: string) => string> = {
  JSON: (text) => JSON.stringify({ name: text }),
  HTML: (text) => `<b>${escapeHtml(text)}</b>`,
  URL: (text) => `/search?q=${encodeURIComponent(text)}`,
};
// #endregion encode

const names = ["O'Brian & Sons", 'if a<b or c>d'];
for (const name of names) {
  console.log(`typed: ${name}`);
  for (const [output, encode] of Object.entries(outputs)) {
    console.log(' ', output.padEnd(5), 'encoded  ', encode(name));
    console.log(' ', '     ', 'sanitised', encode(sanitise(name)));
  }
}

/** What a browser or client shows, having decoded what was sent. */
const decoded = (html: string) =>
  Object.entries(ENTITIES).reduceRight(
    (text, [character, entity]) => text.replaceAll(entity, character),
    html.replace(/^<b>|<\/b>$/g, ''),
  );
for (const name of names) {
  assert.equal(decoded(outputs.HTML?.(name) ?? ''), name);
  assert.notEqual(decoded(outputs.HTML?.(sanitise(name)) ?? ''), name);
  // No character of a name may open an element.
  assert.doesNotMatch(outputs.HTML?.(name).slice(3, -4) ?? '<', /[<>]/);
}

// Two passwords, and one after sanitising.
const [right, wrong] = ['cr<3>am', 'cr<anything>am'];
const same = sanitise(right) === sanitise(wrong);
console.log(`${right} and ${wrong}: ${same ? 'one password' : 'two'}`);
assert.equal(same, true);
assert.notEqual(right, wrong);

// And it does not stop what it is there for.
const link = 'javascript:alert(1)';
console.log(`<a href="${sanitise(link)}">`);
assert.equal(sanitise(link), link);
