import type { APIRoute } from 'astro';
import { chapters } from '../chapters.ts';
import { site } from '../catalog/site.ts';
import { topics } from '../catalog/topics.ts';
import { pathOf } from '../lib/topic.ts';
import { absolute } from '../lib/url.ts';

/** What the handbook holds, for a reader that is a program: each topic's twin with its promise. */
export const GET: APIRoute = async () => {
  const all = await topics();
  const sections = chapters.flatMap(({ name, title }) => {
    const own = all.filter((topic) => topic.chapter === name);
    if (own.length === 0) return [];
    const lines = own.map((topic) => {
      const twin = absolute(pathOf(topic).replace(/\/$/, '.md'), site);
      return `- [${topic.title}](${twin}): ${topic.description} Read when ${topic.when}.`;
    });
    return [`## ${title}\n\n${lines.join('\n')}`];
  });
  const text = [
    '# Backend Engineer’s Handbook',
    '> A handbook for Node.js backend engineers in which every claim is a program that ran: Express, Prisma, PostgreSQL, Redis.',
    `The rules of all topics as one agent skill: [SKILL.md](${absolute('skill/SKILL.md', site)}). All topics at length, in parts: [llms-full.txt](${absolute('llms-full.txt', site)}). As data: [rules.json](${absolute('rules.json', site)}), [errors.json](${absolute('errors.json', site)}), [topics.json](${absolute('topics.json', site)}).`,
    ...sections,
  ].join('\n\n');
  return new Response(text + '\n', { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
