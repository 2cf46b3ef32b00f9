import { getEntry } from 'astro:content';
import { encode } from 'gpt-tokenizer';
import { chapters } from '../chapters.ts';
import { tarGzOf, zipOf } from '../lib/archive.ts';
import { errorTable } from '../lib/errors.ts';
import { skillLines, type SkillLine } from '../lib/skill.ts';
import { topics } from './topics.ts';
import { referenceFor } from './twins.ts';

// As text besides the parsed entry: what an agent installs begins with this frontmatter, byte for byte.
import intro from '../content/skill/intro.md?raw';

/** Programs that an agent runs, and tasks that tell whether the skill helps: in the skill as they lie here. */
const scripts = import.meta.glob<string>('../content/skill/scripts/*', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const evals = import.meta.glob<string>('../content/skill/evals/**', { query: '?raw', import: 'default', eager: true });

const BUDGET = { lines: 300, tokens: 5000, count: (text: string) => encode(text).length };

/** The skill, built from its hand-written head and the topics. */
export interface Skill {
  name: string;
  description: string;
  /** `SKILL.md`, line by line, each with the page behind it. */
  lines: SkillLine[];
  /** `SKILL.md`, `references/`, `scripts/` and `evals/`. */
  files: Map<string, Uint8Array>;
  zip: Uint8Array;
  tarGz: Uint8Array;
}

let built: Promise<Skill> | undefined;

/** The skill: the same files in every form that they are published in. Built once, and anew on each request while writing. */
export function skill(): Promise<Skill> {
  return import.meta.env.PROD ? (built ??= build()) : build();
}

async function build(): Promise<Skill> {
  const entry = await getEntry('skill', 'intro');
  if (!entry) throw new Error('src/content/skill/intro.md is missing: it is the head of the skill.');
  const all = await topics();
  const lines = skillLines(intro, chapters, all, BUDGET);
  const text = new TextEncoder();
  const files = new Map([['SKILL.md', text.encode(lines.map((line) => line.text).join('\n') + '\n')]]);
  for (const topic of all) files.set(`references/${topic.name}.md`, text.encode(referenceFor(topic)));
  files.set('references/errors.json', text.encode(JSON.stringify(errorTable(all), null, 1) + '\n'));
  for (const [path, source] of Object.entries({ ...scripts, ...evals }))
    files.set(path.replace('../content/skill/', ''), text.encode(source));
  const { name, description } = entry.data;
  return { name, description, lines, files, zip: zipOf(files), tarGz: tarGzOf(files) };
}
