import assert from 'node:assert/strict';
import { z } from 'zod';

// #region redos
/** Words, each followed by a blank or not: `aaa` divides in four ways. */
const NESTED = /^(?:\w+\s?)*$/;
/** The same words, of which each but the first begins with its blank. */
const SEPARATED = /^\w+(?:\s\w+)*\s?$/;
/** Blanks at the end. */
const TRAILING = /\s+$/;

let steps = 0;
type Rest = (at: number) => boolean;
/** A piece of a pattern, matched as the standard of the language says. */
interface Part {
  source: string;
  fits(text: string, at: number, rest: Rest): boolean;
}
const one = (source: string): Part => {
  const form = new RegExp(source);
  const fits: Part['fits'] = (text, at, rest) => {
    steps += 1; // a look at one character
    return form.test(text.charAt(at)) && rest(at + 1);
  };
  return { source, fits };
};
const sequence = (...parts: Part[]): Part => ({
  source: parts.map(({ source }) => source).join(''),
  fits(text, at, rest) {
    const from = (next: Rest, part: Part) => (to: number) =>
      part.fits(text, to, next);
    return parts.reduceRight(from, rest)(at);
  },
});
const grouped = ({ source }: Part) =>
  source.length > 2 ? `(?:${source})` : source;
/** As many as there are; one fewer each time that the rest does not fit. */
const any = (part: Part): Part => ({
  source: `${grouped(part)}*`,
  fits(text, at, rest) {
    const again = (to: number) => to > at && this.fits(text, to, rest);
    return part.fits(text, at, again) || rest(at);
  },
});
const some = (part: Part): Part => ({
  source: `${grouped(part)}+`,
  fits: (...asked) => sequence(part, any(part)).fits(...asked),
});
const maybe = (part: Part): Part => ({
  source: `${grouped(part)}?`,
  fits: (text, at, rest) => part.fits(text, at, rest) || rest(at),
});

const [word, blank] = [some(one('\\w')), one('\\s')];
const counted: Record<string, [pattern: RegExp, same: Part]> = {
  NESTED: [NESTED, any(sequence(word, maybe(blank)))],
  SEPARATED: [
    SEPARATED,
    sequence(word, any(sequence(blank, word)), maybe(blank)),
  ],
  TRAILING: [TRAILING, some(blank)],
};

/** A cap on the length that lets the pattern see the text all the same. */
const Capped = z.string().max(20).regex(NESTED);
/** A cap that ends the checks. */
const Aborting = z.string().max(20, { abort: true }).regex(NESTED);
// #endregion redos

/** Whether the counting pattern fits from some start to the end. */
function fits(pattern: RegExp, part: Part, text: string): boolean {
  const starts = pattern.source.startsWith('^') ? 1 : text.length + 1;
  for (let at = 0; at < starts; at += 1) {
    if (part.fits(text, at, (to) => to === text.length)) return true;
  }
  return false;
}

const LENGTHS = [5, 10, 20];
console.log('characters    5       10      20');
const seen = new Map<string, number[]>();
for (const [name, [pattern, part]] of Object.entries(counted)) {
  assert.equal(pattern.source.replace(/^\^/, ''), `${part.source}$`);
  const counts = LENGTHS.map((length) => {
    const character = name === 'TRAILING' ? ' ' : 'a';
    const text = `${character.repeat(length)}!`; // does not fit at its end
    steps = 0;
    assert.equal(fits(pattern, part, text), pattern.test(text));
    return steps;
  });
  seen.set(name, counts);
  const cells = counts.map((count) => String(count).padEnd(8));
  console.log(name.padEnd(13), cells.join('').trimEnd());
}
const [, ten = 0, twenty = 0] = seen.get('NESTED') ?? [];
assert(twenty > 1000 * ten); // ten letters more: 2 to the tenth
const [, straight = 0, twice = 0] = seen.get('SEPARATED') ?? [];
assert(twice < 2.1 * straight);
const [, square = 0, fourfold = 0] = seen.get('TRAILING') ?? [];
assert(fourfold > 3 * square);

console.log('\n22 characters, at most 20 allowed');
for (const [name, schema] of Object.entries({ Capped, Aborting })) {
  const issues = schema.safeParse(`${'a'.repeat(21)}!`).error?.issues ?? [];
  const codes = issues.map(({ code }) => code);
  console.log(name.padEnd(13), codes.join(', '));
  assert.deepEqual(
    codes,
    name === 'Capped' ? ['too_big', 'invalid_format'] : ['too_big'],
  );
}

// Parts and patterns agree; trimEnd cuts off what TRAILING would.
const TEXTS = ['one two', 'one', 'one ', 'one  two', '', ' a', 'a!', 'a b c '];
for (const text of TEXTS) {
  for (const [pattern, part] of Object.values(counted)) {
    assert.equal(fits(pattern, part, text), pattern.test(text));
  }
  const isEmpty = text === ''; // the one text on which they differ
  assert.equal(SEPARATED.test(text), NESTED.test(text) && !isEmpty);
  assert.equal(text.replace(TRAILING, ''), text.trimEnd());
}
