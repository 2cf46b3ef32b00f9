import assert from 'node:assert/strict';
import { z } from 'zod';

// #region redos
/** Words, each followed by a blank or not: `aaa` divides in four ways. */
const NESTED = /^(?:\w+\s?)*$/;
/** The same words, of which each but the first begins with its blank. */
const SEPARATED = /^\w+(?:\s\w+)*\s?$/;

const word = (length: number) => `${'a'.repeat(length)}!`; // ends in a mismatch
const blanks = (length: number) => `${' '.repeat(length)}x`;

type Test = (text: string) => unknown;

const trials: [name: string, test: Test, less: string, more: string][] = [
  ['nested', (text) => NESTED.test(text), word(14), word(22)],
  ['separated', (text) => SEPARATED.test(text), word(14), word(22)],
  ['\\s+$', (text) => text.replace(/\s+$/, ''), blanks(750), blanks(6_000)],
  ['trimEnd', (text) => text.trimEnd(), blanks(750), blanks(6_000)],
];

/** A cap on the length that lets the pattern see the text all the same. */
const Capped = z.string().max(20).regex(NESTED);
/** A cap that ends the checks. */
const Aborting = z.string().max(20, { abort: true }).regex(NESTED);
// #endregion redos

/** Milliseconds for one call: the best of five, as others use the machine. */
function cost(test: Test, text: string): number {
  const best = (calls: number) => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      for (let call = 0; call < calls; call += 1) test(text);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  // A clock of 0.1 ms needs more calls of what is fast.
  let calls = 1;
  while (best(calls) < 5) calls *= 4;
  return best(calls) / calls;
}

console.log('pattern    longer by      slower');
for (const [name, test, less, more] of trials) {
  const isWord = name === 'nested' || name === 'separated';
  const longer = isWord ? '8 characters' : '8 times';
  const factor = cost(test, more) / cost(test, less);
  // What grows with the length is slower by 8 at most.
  const slower = factor > 20 ? 'more than 20 times' : 'less than 20 times';
  console.log(name.padEnd(10), longer.padEnd(14), slower);
  const isBad = name === 'nested' || name === '\\s+$';
  assert.equal(factor > 20, isBad, `${name}: ${factor}`);
}

console.log('\n22 characters, at most 20 allowed');
for (const [name, schema] of Object.entries({ Capped, Aborting })) {
  const issues = schema.safeParse(word(21)).error?.issues ?? [];
  const codes = issues.map(({ code }) => code);
  console.log(name.padEnd(10), codes.join(', '));
  assert.deepEqual(
    codes,
    name === 'Capped' ? ['too_big', 'invalid_format'] : ['too_big'],
  );
}
for (const text of ['one two', 'one', 'one ', 'one  two', '', 'a!', 'a b c ']) {
  const isEmpty = text === ''; // the one text on which they differ
  assert.equal(SEPARATED.test(text), NESTED.test(text) && !isEmpty);
}
