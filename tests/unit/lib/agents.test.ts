import { describe, expect, test } from 'vitest';
import { dataOf, dataSchemas, schemaOf, type DataName } from '../../../src/lib/data.ts';
import type { TwinContext } from '../../../src/lib/markdown.ts';
import { partsOf } from '../../../src/lib/parts.ts';
import { REFERENCE_LIMIT, referenceOf } from '../../../src/lib/reference.ts';
import { scriptSafe, structuredDataOf } from '../../../src/lib/structured.ts';
import type { Topic } from '../../../src/lib/topic.ts';

const site = { origin: 'https://handbook.example', base: '/hb/' };
const rule = (id: string, level: 'must' | 'should', why = 'Or else.') => ({
  id: `paging-${id}`,
  text: `Do ${id}.`,
  why,
  level,
  standards: [],
});
const topic = (over: Partial<Topic> = {}): Topic => ({
  name: 'paging',
  chapter: 'api',
  title: 'Paging',
  description: 'Pages by key.',
  when: 'a list grows',
  keywords: ['offset'],
  errors: [{ code: '22003', means: 'Out of range.', status: 400 }],
  rules: [rule('x', 'must'), rule('y', 'should')],
  sources: [{ title: 'RFC', url: 'https://rfc.example/' }],
  body: 'Page by key.\n\n## Proof\n\n<Sample file="paging/a.ts" />\n\n<Sample\n  file="paging/b.ts"\n  verdict="right"\n/>\n',
  ...over,
});

describe('partsOf', () => {
  const texts = ['aa', 'bb', 'cc'].map((text) => ({ title: text.toUpperCase(), text }));

  test('joins texts in order, and begins a part where the limit is reached', () => {
    expect(partsOf(texts, 100)).toEqual([{ titles: ['AA', 'BB', 'CC'], text: 'aa\n---\n\nbb\n---\n\ncc' }]);
    expect(partsOf(texts, 11).map(({ titles }) => titles)).toEqual([['AA', 'BB'], ['CC']]);
    expect(partsOf(texts, 10).map(({ titles }) => titles)).toEqual([['AA'], ['BB'], ['CC']]);
  });

  test('cuts no text', () => {
    expect(() => partsOf(texts, 2)).toThrow('"AA" has 2 characters; a part has fewer than 2');
  });
});

describe('referenceOf', () => {
  const context = (length: number): TwinContext => ({
    site,
    sample: (file) => ({ file, source: `// ${file}\n${'x'.repeat(length)}\n`, output: 'OUTPUT' }),
    figure: () => ({ title: '', description: '' }),
  });

  test('holds what to do, rules, codes and programs, those with a verdict first, and leads to the whole page', () => {
    const text = referenceOf(topic(), context(10));
    expect(text).toContain('https://handbook.example/hb/api/paging.md');
    for (const part of ['Page by key.', '**Must** Do x. Or else.', '`22003` (400)']) expect(text).toContain(part);
    expect(text.indexOf('## Right: [paging/b.ts]')).toBeLessThan(text.indexOf('[paging/a.ts]'));
    expect(text).not.toContain('OUTPUT');
  });

  test('stays within the limit: reasons of lesser rules give way to a program, then programs stay away', () => {
    const long = topic({
      rules: [
        rule('x', 'must', 'w'.repeat(240)),
        ...Array.from({ length: 9 }, (_, at) => rule(`y${at}`, 'should', 'w'.repeat(240))),
      ],
    });
    const text = referenceOf(long, context(2_800));
    expect(text.length).toBeLessThanOrEqual(REFERENCE_LIMIT);
    expect(text).toContain('x'.repeat(2_800));
    expect(text).toContain(`Do x. ${'w'.repeat(240)}`);
    expect(text).not.toContain(`Do y0. ${'w'.repeat(240)}`);
    const without = referenceOf(long, context(6_000));
    expect(without).not.toContain('paging/b.ts');
    expect(without).toContain(`Do y0. ${'w'.repeat(240)}`);
  });

  test('refuses rules that are too long for it', () => {
    const rules = Array.from({ length: 60 }, (_, at) => ({ ...rule(`y${at}`, 'must'), text: 'w'.repeat(160) }));
    expect(() => referenceOf(topic({ rules }), context(1))).toThrow('The rules of paging alone are over 5000 bytes');
  });
});

describe('data', () => {
  test.each(Object.keys(dataSchemas) as DataName[])(
    '%s.json names its schema and version, and leads to pages',
    (name) => {
      const data = dataOf(name, [topic()], site) as { $schema: string; version: number; items: { url: string }[] };
      expect(data.$schema).toBe(`https://handbook.example/hb/schemas/${name}.v1.json`);
      expect(data.version).toBe(1);
      expect(data.items[0]?.url).toMatch(/^https:\/\/handbook\.example\/hb\/api\/paging\/(#.+)?$/);
      expect(schemaOf(name, site)).toMatchObject({ $id: data.$schema, type: 'object', additionalProperties: false });
    },
  );
});

describe('structured data', () => {
  test('names the article and its place', () => {
    const chapter = { name: 'api', title: 'HTTP API', promise: '' };
    const data = JSON.stringify(structuredDataOf(topic(), chapter, site));
    for (const part of [
      '"TechArticle"',
      '"BreadcrumbList"',
      '"position":3',
      'https://handbook.example/hb/api/paging/',
    ]) {
      expect(data).toContain(part);
    }
  });

  test('cannot end the script element that it stands in', () => {
    const text = scriptSafe({ a: '</script><b>' });
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ a: '</script><b>' });
  });
});
