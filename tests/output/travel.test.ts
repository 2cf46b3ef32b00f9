import { describe, expect, test } from 'vitest';
import { chapters } from '../../src/chapters.ts';
import { logOf } from '../../src/integrations/history.ts';
import { BASE, elementsOf, topics } from './dist.ts';

const page = (topic: string) => elementsOf(`${topic}/index.html`);
const classed = (topic: string, name: string) =>
  page(topic).filter(({ attributes }) => attributes['class']?.split(' ').includes(name));

describe('every topic', () => {
  test.each(topics)('%s says how long it takes to read and, where history is known, when it changed', (topic) => {
    const [facts] = classed(topic, 'facts');
    const minutes = Number(/(\d+) minutes? to read/.exec(facts?.text ?? '')?.[1]);
    expect(minutes).toBeGreaterThanOrEqual(3);
    expect(minutes).toBeLessThanOrEqual(45);
    const days = page(topic).filter(({ name, attributes }) => name === 'time' && attributes['datetime']);
    expect(days.length).toBe(logOf('.') ? 1 : 0);
    for (const { attributes } of days) expect(attributes['datetime']).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  test.each(topics)('%s has a link to each of its headings, programs and rules', (topic) => {
    const elements = page(topic);
    const links = new Set(
      elements.flatMap(({ name, attributes }) =>
        name === 'a' ? (attributes['href']?.match(/^#(.+)/)?.[1] ?? []) : [],
      ),
    );
    const parts = elements.filter(
      ({ name, attributes: { id, class: names } }) =>
        id &&
        ((/^h[23]$/.test(name) && !/^(starlight__|_top)/.test(id)) || /\b(sentence|sample-name)\b/.test(names ?? '')),
    );
    expect(parts.length).toBeGreaterThan(4);
    expect(parts.map(({ attributes }) => attributes['id']).filter((id) => !links.has(id ?? ''))).toEqual([]);
  });
});

test('“next” leads through all topics, chapter by chapter, and “previous” back', () => {
  const neighbour = (path: string, rel: string) => {
    const link = elementsOf(`${path}index.html`).find(
      ({ name, attributes }) => name === 'a' && attributes['rel'] === rel,
    );
    return link?.attributes['href']?.slice(BASE.length);
  };
  const way = [`${chapters[0]?.name}/`];
  for (let next = neighbour(way[0] ?? '', 'next'); next && way.length < 500; next = neighbour(next, 'next')) {
    expect(neighbour(next, 'prev'), `before ${next}`).toBe(way.at(-1));
    way.push(next);
  }
  const visited = way.map((path) => path.replace(/\/$/, '')).filter((path) => topics.includes(path));
  expect([...visited].sort()).toEqual(topics);
  const order = [...new Set(visited.map((path) => path.split('/')[0]))];
  expect(order).toEqual(chapters.map(({ name }) => name).filter((name) => order.includes(name)));
});

test('“Found a mistake?” leads to the source where the sources are published, and is not there otherwise', () => {
  const repository = process.env['REPOSITORY_URL']?.replace(/\/+$/, '');
  for (const topic of topics) {
    const link = page(topic).find(({ name, text }) => name === 'a' && text.startsWith('Found a mistake?'));
    expect(link?.attributes['href']).toBe(repository && `${repository}/blob/HEAD/src/content/docs/${topic}.mdx`);
  }
});
