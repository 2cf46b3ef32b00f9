import { describe, expect, test } from 'vitest';
import { Finder } from '../../../src/lib/finder.ts';
import { piecesOf, stemOf, wordsOf, type PageOutline } from '../../../src/lib/outline.ts';

const page = (path: string, change: Partial<PageOutline>): PageOutline => ({
  kind: 'Topic',
  text: `en_${path}`,
  path,
  title: path,
  chapter: 'HTTP API',
  about: '',
  keywords: [],
  parts: [],
  ...change,
});

const finder = new Finder({
  pages: [
    page('pagination', { keywords: ['keyset', 'offset slow'], about: 'Page lists by key.' }),
    page('jwt', { parts: [{ kind: 'Error code', id: 'error-ERR_JWT_EXPIRED', title: 'ERR_JWT_EXPIRED' }] }),
    page('transactions', { keywords: ['serializable', 'lost update'], about: 'The offset of a slow write.' }),
  ],
  words: 'buffer microsecond',
});
const first = (...words: string[]) => finder.find(words).ranked[0]?.page.path;

describe('Finder', () => {
  test('finds a page by its title, its keywords, its codes and the beginning of a word', () => {
    expect(first('pagination')).toBe('pagination');
    expect(first('lost', 'update')).toBe('transactions');
    expect(first('ERR_JWT_EXPIRED')).toBe('jwt');
    expect(first('pagin')).toBe('pagination');
  });

  test('finds a name by the words that it is made of', () => {
    expect(first('JWTExpired')).toBe('jwt');
  });

  test('puts a page with the query for a keyword before one that only holds its words', () => {
    expect(first('offset', 'slow')).toBe('pagination');
  });

  test('takes a misspelled word for the nearest known one, and says so', () => {
    expect(finder.find(['pagiantion']).corrected).toBe('pagination');
    expect(finder.find(['kesyet', 'pagination']).corrected).toBe('keyset pagination');
    expect(finder.find(['micorsecond']).corrected).toBe('microsecond');
  });

  test('corrects no word that is known, no code, no name and nothing short', () => {
    for (const word of ['serialisable', 'buffers', 'P2003', 'ERR_JWT_EXPIRES', 'keySett', 'jwx']) {
      expect(finder.find([word]).corrected, word).toBeUndefined();
    }
  });

  test('says how much of a query it knows', () => {
    expect(finder.find(['pagination']).known).toBe(1);
    expect(finder.find(['pagination', 'zzqqxx']).known).toBeLessThan(1);
    expect(finder.find(['zzqqxx'])).toEqual({ ranked: [], known: 0 });
  });

  test('suggests keywords that look like words that are nowhere', () => {
    expect(finder.suggestions('keyzet', 3)).toEqual(['keyset']);
  });

  test('an empty outline finds nothing and takes every word for known', () => {
    const empty = new Finder({ pages: [], words: '' });
    expect(empty.find(['cursor']).ranked).toEqual([]);
    expect(empty.knows('cursor')).toBe(true);
  });
});

test('forms of a word have one stem, in British and American spelling', () => {
  const same = [
    ['cache', 'caching', 'caches', 'cached'],
    ['serialisable', 'serializable'],
    ['validation', 'validate', 'validating'],
    ['queries', 'query'],
    ['authorisation', 'authorization'],
  ];
  for (const forms of same) expect(new Set(forms.map(stemOf)).size, forms.join(' ')).toBe(1);
  expect(stemOf('P2002')).toBe('p2002');
});

test('reads words and the words in names', () => {
  expect(wordsOf("n+1 in app.get('*')")).toEqual(['n+1', 'in', 'app', 'get']);
  expect(piecesOf('JWTExpired')).toEqual(['JWT', 'Expired']);
  expect(piecesOf('ERR_JWT_EXPIRED')).toEqual(['ERR', 'JWT', 'EXPIRED']);
  expect(piecesOf('cursor')).toEqual([]);
});
