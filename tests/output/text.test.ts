import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytes, elementsOf, has, pages, text, topics } from './dist.ts';

describe('twins', () => {
  test.each(topics)('%s.md stands alone', (topic) => {
    const twin = text(`${topic}.md`);
    expect(twin).toMatch(/^---\ntitle: ".+"\ndescription: ".+"\ncanonical: \S+\/\n---\n\n# .+\n\n> .+\n/);
    for (const part of ['\n## Rules\n', '\n## Sources\n', '```ts\n', '```text\n']) expect(twin).toContain(part);
    const prose = twin.replace(/^(`{3,})[\s\S]*?^\1$/gm, '').replace(/`[^`\n]*`/g, '');
    expect(prose).not.toMatch(/<(Sample|Plot|Timeline|Figure)\b|^import /m);
    expect(prose, 'a link that leads nowhere outside the site').not.toMatch(/\]\((?!https?:|mailto:)/);
  });

  test('llms.txt lists every topic with its twin; the parts that llms-full.txt lists hold them all, none of them too long', () => {
    const paths = [...text('llms-full.txt').matchAll(/llms-full\/\d+\.txt/g)].map(([path]) => path);
    const parts = paths.map((path) => text(path));
    expect(paths).toHaveLength(globSync('llms-full/*.txt', { cwd: 'dist' }).length);
    for (const part of parts) expect(part.length).toBeLessThan(50_000);
    for (const topic of topics) {
      expect(text('llms.txt')).toContain(`/${topic}.md)`);
      expect(
        parts.some((part) => part.includes(text(`${topic}.md`).trim())),
        topic,
      ).toBe(true);
    }
  });
});

describe('samples', () => {
  const files = globSync('*/*.{ts,out}', { cwd: 'src/content/samples' }).filter((path) => !path.startsWith('prisma/'));

  test.each(files)('%s is published byte for byte', (file) => {
    expect(bytes(`samples/${file}`).equals(readFileSync(`src/content/samples/${file}`))).toBe(true);
  });

  test('each program stands on a page of its own topic', () => {
    const unseen = files
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => {
        const page = topics.find((topic) => topic.endsWith(`/${file.split('/')[0]}`));
        return (
          !page ||
          !elementsOf(`${page}/index.html`).some(({ attributes }) => attributes['href']?.endsWith(`samples/${file}`))
        );
      });
    expect(unseen, 'show it with <Sample>, or delete it').toEqual([]);
  });
});

test('every rule stands on its topic, on the checklist and in its twin', () => {
  const onChecklist = new Set(
    elementsOf('checklist/index.html').flatMap(({ attributes }) => attributes['data-rule'] ?? []),
  );
  for (const topic of topics) {
    const rules = elementsOf(`${topic}/index.html`).flatMap(({ attributes }) => attributes['data-rule'] ?? []);
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(onChecklist.has(rule), rule).toBe(true);
    expect(text(`${topic}.md`).match(/^- \[ \] \*\*/gm)).toHaveLength(rules.length);
  }
});

test('every error code of a topic stands in the index and leads back', () => {
  const index = elementsOf('error-codes/index.html').flatMap(({ attributes }) => attributes['href'] ?? []);
  for (const topic of topics) {
    const codes = elementsOf(`${topic}/index.html`).flatMap(
      ({ attributes }) => attributes['id']?.match(/^error-(?!codes$).+/)?.[0] ?? [],
    );
    for (const code of codes)
      expect(
        index.some((href) => href.endsWith(`/${topic}/#${code}`)),
        code,
      ).toBe(true);
  }
});

test('every standard that a rule names leads from its line of the threat map to the rule', () => {
  const map = new Map<string, string[]>();
  for (const { attributes } of elementsOf('security/threat-map/index.html')) {
    const line = [...map.keys()].at(-1);
    if (attributes['data-line']) map.set(attributes['data-line'], []);
    else if (line && attributes['href']) map.get(line)?.push(attributes['href']);
  }
  expect(map.size).toBe(37);
  expect(map.get('API3:2023')?.some((href) => href.endsWith('/headers/#rule-headers-output-schema'))).toBe(true);

  for (const topic of topics) {
    let rule = '';
    for (const { attributes, text: name } of elementsOf(`${topic}/index.html`)) {
      rule = attributes['data-rule'] ?? rule;
      if (!attributes['class']?.split(' ').includes('standard')) continue;
      const line = name.trim().replace(/^ASVS (\d+)\..*/, 'ASVS V$1');
      expect(
        map.get(line)?.some((href) => href.endsWith(`/${topic}/#rule-${rule}`)),
        `${rule} under ${line}`,
      ).toBe(true);
    }
  }
});

test('what hosts and robots look for is there', () => {
  for (const file of ['404.html', 'robots.txt', 'sitemap-index.xml', 'favicon.svg', 'llms.txt'])
    expect(has(file), file).toBe(true);
  expect(pages.length).toBeGreaterThan(topics.length);
});
