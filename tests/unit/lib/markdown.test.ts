import { describe, expect, test } from 'vitest';
import { twinOf, type TwinContext } from '../../../src/lib/markdown.ts';
import type { Topic } from '../../../src/lib/topic.ts';

const context: TwinContext = {
  site: { origin: 'https://handbook.example', base: '/hb/' },
  sample: (file) => ({ file, source: '// #region a\nrun();\n// #endregion a\n', output: 'skipped offset\n1 2\n' }),
  figure: () => ({ title: 'Two lanes', description: 'Both read 100.' }),
};

const topic = (body: string): Topic => ({
  name: 'paging',
  chapter: 'api',
  title: 'Paging',
  description: 'Pages by key.',
  when: 'a list grows',
  keywords: [],
  errors: [{ code: '22003', means: 'Out of range.', status: 400 }],
  rules: [{ id: 'paging-x', text: 'Cap it.', why: 'Or else.', level: 'must', standards: ['API4:2023'] }],
  sources: [{ title: 'RFC', url: 'https://rfc.example/' }],
  body,
});

const prose = (body: string) => twinOf(topic(body), context);

describe('twinOf', () => {
  test('begins with frontmatter, title, promise and when to read it, and ends with rules, codes and sources', () => {
    const twin = prose('Text.');
    expect(twin).toMatch(
      /^---\ntitle: "Paging"\ndescription: "Pages by key\."\ncanonical: https:\/\/handbook\.example\/hb\/api\/paging\/\n---\n\n# Paging\n\n> Pages by key\.\n\n/,
    );
    expect(twin).toContain('Read when a list grows. All topics: https://handbook.example/hb/llms.txt\n\nText.');
    expect(twin).toContain('## Rules\n\n- [ ] **Must** Cap it. Or else. (API4:2023)');
    expect(twin).toContain('- `22003`: Out of range. Answer 400.');
    expect(twin).toMatch(/- \[RFC\]\(https:\/\/rfc\.example\/\)\n$/);
  });

  test('shows a program and what it printed', () => {
    const twin = prose('<Sample file="paging/a.ts" region="a" />');
    expect(twin).toContain(
      '[paging/a.ts](https://handbook.example/hb/samples/paging/a.ts), region `a`:\n\n```ts\nrun();\n```\n\nIt printed:\n\n```text\nskipped offset\n1 2\n```',
    );
  });

  test('leaves imports out and keeps the prose as it was written', () => {
    const twin = prose(
      "import Sample from '~/components/Sample.astro';\n\nA *b*  `c < d`\n\n| x | y |\n| - | - |\n| 1 | 2 |",
    );
    expect(twin).not.toContain('import');
    expect(twin).toContain('A *b*  `c < d`\n\n| x | y |\n| - | - |\n| 1 | 2 |');
  });

  test('makes links within the handbook absolute, wherever they begin', () => {
    expect(prose('See [`it`](/auth/passwords/#rules).')).toContain(
      '[`it`](https://handbook.example/hb/auth/passwords/#rules)',
    );
    expect(prose('See [it](../errors/).')).toContain('[it](https://handbook.example/hb/api/errors/)');
    expect(prose('See [it](https://other.example/).')).toContain('[it](https://other.example/)');
  });

  test('carries the text alternatives of plots and figures', () => {
    expect(prose('<Plot file="a/b.ts" x="skipped" caption="It grows." />')).toContain(
      'It grows.\n\n```text\nskipped offset',
    );
    expect(prose('<Timeline file="a/b.ts" caption="She waits." />')).toContain('She waits.\n\n```text\nskipped offset');
    expect(prose('<Figure file="a/b.svg" caption="A race." />')).toContain('**Two lanes.** Both read 100.\n\nA race.');
  });

  test('turns asides into block quotes', () => {
    expect(prose(':::note[When not]\nOne.\n\nTwo.\n:::')).toContain('> **When not**\n>\n> One.\n>\n> Two.');
  });

  test('makes a fence longer than any run of backticks inside it', () => {
    const ticks: TwinContext = { ...context, sample: (file) => ({ file, source: "const a = '```';\n" }) };
    expect(twinOf(topic('<Sample file="a/b.ts" />'), ticks)).toContain("````ts\nconst a = '```';\n````");
  });

  test('refuses a component that has no text form', () => {
    expect(() => prose('<Video src="x" />')).toThrow('api/paging.mdx uses <Video>, which has no text form');
  });
});
