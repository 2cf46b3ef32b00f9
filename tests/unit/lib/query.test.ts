import { expect, test } from 'vitest';
import { merged, phraseFirst, wordsIn } from '../../../src/lib/query.ts';

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

test('the page that holds most words comes first, however often another repeats one', () => {
  const found = merged([
    [
      { id: 'loud', score: 90 },
      { id: 'right', score: 30 },
    ],
    [{ id: 'right', score: 10 }],
    [
      { id: 'right', score: 5 },
      { id: 'other', score: 1 },
    ],
  ]);
  expect(found.map(({ id }) => id)[0]).toBe('right');
});

test('a rare word counts for more than a common one', () => {
  const common = Array.from({ length: 30 }, (_, at) => ({ id: `page${at}`, score: 10 }));
  const found = merged([common, [{ id: 'rare', score: 1 }]]);
  expect(found[0]?.id).toBe('rare');
});

test('nothing found is nothing', () => {
  expect(merged([[], []])).toEqual([]);
});

test('a page that holds the words as they were typed comes before one that holds them anywhere', () => {
  const pages = [{ raw_content: '422 here, 400 there' }, { raw_content: 'Answer 400\n or 422' }];
  expect(phraseFirst(pages, '400 or 422')[0]).toBe(pages[1]);
  expect(phraseFirst(pages, '422')).toBe(pages);
});
