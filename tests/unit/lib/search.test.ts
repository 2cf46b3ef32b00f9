import { describe, expect, test } from 'vitest';
import { outlineFrom, rowsFor, type Candidate, type Found, type Kind } from '../../../src/lib/search.ts';

/** Words of which one begins like any that a test finds. */
const QUERY = 'intro heading here p2002 rules detect by';
const anchor = (id: string, text: string, location: number, element = 'span') => ({ id, text, location, element });
const page = (change: Partial<Found> = {}): Found => ({
  url: '/prisma/prisma-errors/',
  meta: { title: 'Prisma errors', kind: 'Topic', chapter: 'Prisma' },
  excerpt: 'the <mark>P2002</mark>',
  raw_content: 'Prisma errors Intro text A < b Heading here P2002 unique failed Rules Detect by code',
  anchors: [
    anchor('heading', 'Heading here', 7, 'h2'),
    anchor('error-P2002', 'P2002', 9),
    anchor('rule-x', 'Detect by code', 13),
    anchor('tick-x', '', 13, 'input'),
  ],
  weighted_locations: [{ location: 9 }],
  ...change,
});

const rowsOf = (found: Found[], query: string, change: Partial<Candidate> = {}, kind?: Kind) =>
  rowsFor(
    found.map((one) => ({ page: outlineFrom(one, '/'), said: false, parts: [], found: one, ...change })),
    query,
    { base: '/', kind },
  );

describe('rowsFor', () => {
  test('leaves out a page of which only a first letter was found', () => {
    expect(rowsOf([page({ weighted_locations: [{ location: 4 }] })], 'abcdef')).toEqual([]);
    expect(rowsOf([page({ weighted_locations: [{ location: 9 }] })], 'P2003')).toHaveLength(2);
  });

  test('shows a page, then the part of it that was found', () => {
    expect(
      rowsOf([page()], 'p2002 unique').map(({ kind, title, url, crumb }) => ({ kind, title, url, crumb })),
    ).toEqual([
      { kind: 'Topic', title: 'Prisma errors', url: '/prisma/prisma-errors/', crumb: 'Prisma' },
      { kind: 'Error code', title: 'P2002', url: '/prisma/prisma-errors/#error-P2002', crumb: 'Prisma errors' },
    ]);
  });

  test('puts an error code that is the query itself first, whatever its case', () => {
    const [first] = rowsOf([page({ url: '/a/', anchors: [], weighted_locations: [] }), page()], ' p2002 ');
    expect(first).toMatchObject({ kind: 'Error code', title: 'P2002', code: true });
  });

  test('knows rules, programs and headings by their ids, and no field for a part', () => {
    const at = (location: number) => rowsOf([page({ weighted_locations: [{ location }] })], QUERY)[1];
    expect(at(14)).toMatchObject({ kind: 'Rule', url: expect.stringMatching(/#rule-x$/) as string });
    expect(at(7)).toMatchObject({ kind: 'Section', title: 'Heading here' });
    expect(
      rowsOf(
        [
          page({
            anchors: [anchor('sample-a-b', 'a/b.ts', 0)],
            weighted_locations: [{ location: 3 }],
          }),
        ],
        'x',
      )[1],
    ).toMatchObject({ kind: 'Program', code: true });
  });

  test('shows no part for words that stand before the first', () => {
    expect(rowsOf([page({ weighted_locations: [{ location: 2 }] })], 'intro')).toHaveLength(1);
  });

  test('begins a part’s words at the part, marks those found and escapes the rest once', () => {
    const [, part] = rowsOf([page({ raw_content: page().raw_content.replace('unique', 'a=&gt;b<c') })], QUERY);
    expect(part?.excerpt).toBe('<mark>P2002</mark> a=&gt;b&lt;c failed Rules Detect by code');
  });

  test('shows at most two parts of a page: first what holds most of the words, then what holds them closest', () => {
    const anchors = [0, 2, 4, 7].map((location, index) => anchor(`h${index}`, `H${index}`, location, 'h2'));
    const found = (...locations: number[]) =>
      rowsOf([page({ anchors, weighted_locations: locations.map((location) => ({ location })) })], QUERY).map(
        (row) => row.title,
      );
    // H3 has two of the words, H0 and H2 one each; of these H0 is the shorter.
    expect(found(0, 4, 7, 9)).toEqual(['Prisma errors', 'H3', 'H0']);
  });

  test('counts words that only search reads for the page, and for no part of it', () => {
    const anchors = [anchor('sources', 'Sources', 7, 'h2'), anchor('keywords', '', 8, 'p')];
    expect(rowsOf([page({ anchors, weighted_locations: [{ location: 9 }] })], QUERY)).toHaveLength(1);
  });

  test('puts parts whose titles answer before those whose text does, each once', () => {
    const rule = { kind: 'Rule', id: 'rule-x', title: 'Detect by code' } as const;
    const rows = rowsOf([page({ weighted_locations: [{ location: 9 }, { location: 14 }] })], 'detect P2002', {
      parts: [rule],
    });
    expect(rows.filter(({ kind }) => kind === 'Rule')).toHaveLength(1);
    expect(rows.findIndex(({ kind }) => kind === 'Rule')).toBeGreaterThan(-1);
  });

  test('shows a page before its text is loaded, with its promise, in which words of the query are marked', () => {
    const outline = { ...outlineFrom(page(), '/'), about: 'Turn errors into <answers>.' };
    const [row] = rowsOf([page()], 'error', { page: outline, said: true, found: undefined });
    expect(row?.excerpt).toBe('Turn <mark>errors</mark> into &lt;answers&gt;.');
  });

  test('shows rows of one kind alone, and more of them', () => {
    const found = [page({ weighted_locations: [{ location: 7 }, { location: 9 }, { location: 14 }] })];
    expect(rowsOf(found, QUERY, {}, 'Rule').map(({ kind }) => kind)).toEqual(['Rule']);
    expect(rowsOf(found, QUERY, {}, 'Topic').map(({ kind }) => kind)).toEqual(['Topic']);
  });

  test('keeps the base path in addresses', () => {
    const found = page({ url: '/docs/prisma/prisma-errors/' });
    const outline = outlineFrom(found, '/docs/');
    const [row] = rowsFor([{ page: outline, said: true, parts: [], found }], 'x', { base: '/docs/' });
    expect(row?.url).toBe('/docs/prisma/prisma-errors/');
  });
});
