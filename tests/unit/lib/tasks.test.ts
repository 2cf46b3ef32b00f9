import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { chapters } from '../../../src/chapters.ts';
import { belongs, TASKS } from '../../../src/lib/tasks.ts';

const topics = globSync('src/content/docs/*/*.mdx')
  .map((file) => ({ topic: basename(file, '.mdx'), chapter: basename(dirname(file)) }))
  .filter(({ topic }) => topic !== 'index');

test.each(TASKS)('"I am $title" names topics and chapters that exist', (task) => {
  const names = topics.map(({ topic }) => topic);
  expect((task.topics ?? []).filter((topic) => !names.includes(topic))).toEqual([]);
  const folders = chapters.map(({ name }) => name);
  expect((task.chapters ?? []).filter((chapter) => !folders.includes(chapter))).toEqual([]);
});

test.each(TASKS)('"I am $title" names nothing twice, and leaves some topics out or some levels', (task) => {
  expect(new Set(task.topics).size).toBe(task.topics?.length ?? 0);
  const all = topics.flatMap((topic) => ['must', 'should', 'consider'].map((level) => ({ ...topic, level })));
  const own = all.filter((rule) => belongs(task, rule));
  expect(own.length).toBeGreaterThan(0);
  expect(own.length).toBeLessThan(all.length);
});

test('every task has an id of its own', () => expect(new Set(TASKS.map(({ id }) => id)).size).toBe(TASKS.length));
