import { Ajv2020 } from 'ajv/dist/2020.js';
import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DIST, elementsOf, has, text, topics } from './dist.ts';

describe('data', () => {
  test.each(['rules', 'errors', 'topics'])('%s.json is what its published schema says', (name) => {
    const schema = JSON.parse(text(`schemas/${name}.v1.json`)) as Record<string, unknown>;
    const data = JSON.parse(text(`${name}.json`)) as { $schema: string; items: { url: string }[] };
    expect(data.$schema).toBe(schema['$id']);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
    // The schema does refuse.
    expect(validate({ ...data, version: 2 })).toBe(false);
    expect(validate({ ...data, items: [{ ...data.items[0], more: 1 }] })).toBe(false);
  });

  test('topics.json has every topic, and each address in the files leads to an element of the build', () => {
    const items = (name: string) => (JSON.parse(text(`${name}.json`)) as { items: { url: string }[] }).items;
    expect(items('topics')).toHaveLength(topics.length);
    const ids = new Map<string, Set<string | undefined>>();
    for (const { url } of ['rules', 'errors', 'topics'].flatMap(items)) {
      const [address = '', part] = url.split('#');
      const topic = topics.find((one) => address.endsWith(`/${one}/`));
      expect(topic, url).toBeDefined();
      if (!topic || !part) continue;
      if (!ids.has(topic)) {
        ids.set(topic, new Set(elementsOf(`${topic}/index.html`).map(({ attributes }) => attributes['id'])));
      }
      expect(ids.get(topic)?.has(part), url).toBe(true);
    }
  });
});

describe('a topic page', () => {
  test.each(topics)('%s has its twin and its structured data in its head', (topic) => {
    const elements = elementsOf(`${topic}/index.html`);
    const alternate = elements.find(({ attributes }) => attributes['type'] === 'text/markdown');
    expect(alternate?.attributes['href']).toMatch(new RegExp(`/${topic}\\.md$`));
    const script = elements.find(({ attributes }) => attributes['type'] === 'application/ld+json');
    const graph = (JSON.parse(script?.text ?? '') as { '@graph': { '@type': string }[] })['@graph'];
    expect(graph.map((node) => node['@type'])).toEqual(['TechArticle', 'BreadcrumbList']);
  });
});

describe('references', () => {
  test('weigh 1 to 5 KB each, and nearly all show code', () => {
    const files = globSync('references/*.md', { cwd: `${DIST}/skill` }).map((file) => text(`skill/${file}`));
    expect(files).toHaveLength(topics.length);
    for (const file of files) {
      expect(Buffer.byteLength(file)).toBeGreaterThan(1_000);
      expect(Buffer.byteLength(file)).toBeLessThanOrEqual(5_000);
    }
    expect(files.filter((file) => file.includes('```ts\n')).length / files.length).toBeGreaterThan(0.95);
  });
});

test('robots.txt names the sitemap that is there', () => {
  expect(text('robots.txt')).toMatch(/^Sitemap: \S+\/sitemap-index\.xml$/m);
  expect(text('robots.txt')).toContain('Content-Signal:');
  expect(has('sitemap-index.xml')).toBe(true);
});
