import { expect, test } from 'vitest';
import { holdsPhrase, merged, wordsIn } from '../../../src/lib/query.ts';

test('leaves out words that say nothing, and keeps them when there are no others', () => {
  expect(wordsIn('how do I test that my API matches its OpenAPI document')).toEqual([
    'test',
    'API',
    'matches',
    'OpenAPI',
    'document',
  ]);
  expect(wordsIn('what is this')).toEqual(['what', 'is', 'this']);
  expect(wordsIn("app.get('*') wildcard route")).toEqual(['app.get', '*', 'wildcard', 'route']);
  expect(wordsIn('  ')).toEqual([]);
});

const hit = (id: string, score: number, words: number[] = []) => ({ id, score, words });

test('the text that holds most words scores best, however often another repeats one', () => {
  const found = merged([[hit('loud', 90), hit('right', 30)], [hit('right', 10)], [hit('right', 5), hit('other', 1)]]);
  expect(found.get('right')?.score).toBe(1);
  expect(found.get('loud')?.score).toBeLessThan(1);
});

test('a rare word counts for more than a common one', () => {
  const common = Array.from({ length: 30 }, (_, at) => hit(`page${at}`, 10));
  expect(merged([common, [hit('rare', 1)]]).get('rare')?.score).toBe(1);
});

test('where the words of a query stand is kept in the order of the text', () => {
  expect(merged([[hit('a', 1, [7, 9])], [hit('a', 1, [8])]]).get('a')?.locations).toEqual([7, 8, 9]);
});

test('nothing found is nothing', () => {
  expect(merged([[], []]).size).toBe(0);
});

test('a phrase is several words, as they were typed', () => {
  expect(holdsPhrase('Answer 400\n or 422', '400 or 422')).toBe(true);
  expect(holdsPhrase('422 here, 400 there', '400 or 422')).toBe(false);
  expect(holdsPhrase('422', '422')).toBe(false);
});
