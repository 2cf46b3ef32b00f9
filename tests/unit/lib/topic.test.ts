import { describe, expect, test } from 'vitest';
import { checkedTopics, pathOf, topicFields, type Draft } from '../../../src/lib/topic.ts';

const rule = { id: 'paging-limit', text: 'Cap it.', why: 'Or else.', level: 'must' as const, standards: [] };
const draft: Draft = {
  file: 'src/content/docs/api/paging.mdx',
  name: 'paging',
  chapter: 'api',
  title: 'Paging',
  description: 'Pages.',
  when: 'a list grows',
  keywords: [],
  errors: [],
  rules: [rule],
  sources: [{ title: 'RFC', url: 'https://www.rfc-editor.org/' }],
  body: '',
};

describe('checkedTopics', () => {
  test('lets a whole topic through, without the name of its file', () => {
    const { file: _, ...topic } = draft;
    expect(checkedTopics([draft])).toEqual([topic]);
  });

  test.each([
    ['when', { when: undefined }, /paging\.mdx: a topic needs `when`\. Add `when:`/],
    ['rules', { rules: [] }, /paging\.mdx: a topic needs rules\. Add at least one/],
    ['sources', { sources: [] }, /paging\.mdx: a topic needs sources\. Add at least one/],
  ])('refuses a topic without %s, and says what to add', (_, change, message) => {
    expect(() => checkedTopics([{ ...draft, ...change }])).toThrow(message);
  });

  test('refuses a rule id that another topic has, and names both files', () => {
    const other = { ...draft, name: 'paging-more', file: 'src/content/docs/api/paging-more.mdx' };
    const twin = {
      ...other,
      rules: [
        { ...rule, id: 'paging-more-x' },
        { ...rule, id: 'paging-more-x' },
      ],
    };
    expect(() => checkedTopics([draft, twin])).toThrow(/the rule id paging-more-x is taken by .*paging-more\.mdx/);
  });

  test('refuses a rule id that does not begin with its topic', () => {
    expect(() => checkedTopics([{ ...draft, rules: [{ ...rule, id: 'limit' }] }])).toThrow('Begin it with paging-.');
  });

  test('refuses a name that is used in another chapter', () => {
    const twin = { ...draft, chapter: 'run', file: 'src/content/docs/run/paging.mdx' };
    expect(() => checkedTopics([draft, twin])).toThrow(
      /src\/content\/docs\/run\/paging\.mdx: src\/content\/docs\/api\/paging\.mdx has the same name/,
    );
  });
});

describe('the fields of a page', () => {
  const refused = (fields: object) => topicFields.safeParse({ description: 'x', ...fields }).success === false;

  test('accept a page that is no topic', () => {
    expect(topicFields.parse({ description: 'x' })).toMatchObject({ rules: [], errors: [], sources: [], keywords: [] });
  });

  test('refuse what readers would stumble over', () => {
    expect(refused({ rules: [{ ...rule, level: 'shall' }] })).toBe(true);
    expect(refused({ rules: [{ ...rule, text: 'x'.repeat(161) }] })).toBe(true);
    expect(refused({ rules: [{ ...rule, id: 'Paging_Limit' }] })).toBe(true);
    expect(refused({ rules: [{ ...rule, standards: ['ASVS 99.1.1'] }] })).toBe(true);
    expect(refused({ rules: [{ ...rule, wy: 'a typing error' }] })).toBe(true);
    expect(refused({ errors: [{ code: 'P 2002', means: 'x', status: 409 }] })).toBe(true);
    expect(refused({ errors: [{ code: 'P2002', means: 'x', status: 200 }] })).toBe(true);
    expect(refused({ sources: [{ title: 'x', url: 'http://insecure.example' }] })).toBe(true);
    expect(refused({ description: '' })).toBe(true);
  });
});

test('a topic’s address follows from its chapter and its name', () => expect(pathOf(draft)).toBe('api/paging/'));
