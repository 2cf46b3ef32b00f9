import { describe, expect, test } from 'vitest';
import { skillLines, type Budget } from '../../../src/lib/skill.ts';
import type { Topic } from '../../../src/lib/topic.ts';

const chapters = [
  { name: 'api', title: 'HTTP API', promise: '' },
  { name: 'run', title: 'Run', promise: '' },
];
const topic = (name: string, levels: ('must' | 'should')[]): Topic => ({
  name,
  chapter: 'api',
  title: name.toUpperCase(),
  description: '',
  when: `you ${name}`,
  keywords: [],
  errors: [],
  rules: levels.map((level, index) => ({
    id: `${name}-${index}`,
    text: `${name} ${index}.`,
    why: '',
    level,
    standards: [],
  })),
  sources: [],
  body: '',
});
const roomy: Budget = { lines: 300, tokens: 5000, count: (text) => text.length / 4 };
const intro = '# Skill\n\n- Page lists. → api/unwritten, api/paging\n- Cache last. → run/unwritten\n';
const texts = (budget: Budget, topics: Topic[]) => skillLines(intro, chapters, topics, budget).map((line) => line.text);

describe('skillLines', () => {
  const topics = [topic('paging', ['should', 'must', 'must']), topic('errors', ['must'])];

  test('keeps of an arrow the topics that exist, and links the line to the first of them or to its chapter', () => {
    const lines = skillLines(intro, chapters, topics, roomy);
    expect(lines).toContainEqual({ text: '- Page lists. → paging', path: 'api/paging/', title: 'PAGING' });
    expect(lines).toContainEqual({ text: '- Cache last.', path: 'run/', title: 'Run' });
  });

  test('routes to every topic below its chapter, and leaves out a chapter without topics', () => {
    const lines = texts(roomy, topics);
    expect(lines).toContain('- [PAGING](references/paging.md): when you paging.');
    expect(lines).toContain('### HTTP API');
    expect(lines).not.toContain('### Run');
  });

  test('lists what must be done, and not what should', () => {
    const lines = texts(roomy, topics).join('\n');
    expect(lines).toContain('when you paging.\n  - **Must** paging 1.\n  - **Must** paging 2.');
    expect(lines).not.toContain('paging 0.');
  });

  test('gives each topic one rule before any gets a second, and stops at the budget', () => {
    const all = texts(roomy, topics).length;
    const lines = texts({ ...roomy, lines: all - 1 }, topics);
    expect(lines).toContain('  - **Must** errors 0.');
    expect(lines).toContain('  - **Must** paging 1.');
    expect(lines).not.toContain('  - **Must** paging 2.');
    expect(lines).toHaveLength(all - 1);
  });

  test('refuses an arrow into no chapter', () => {
    expect(() => skillLines('- Do it. → nowhere/x\n', chapters, topics, roomy)).toThrow('nowhere/x is in no chapter');
  });

  test('refuses a head that leaves no room for the routes, and says what to shorten', () => {
    expect(() => texts({ ...roomy, tokens: 10 }, topics)).toThrow(/Shorten src\/content\/skill\/intro\.md/);
  });
});
