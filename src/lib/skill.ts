import type { Chapter } from '../chapters.ts';
import { pathOf, type Topic } from './topic.ts';

/** Limits of the file that an agent loads whole. The specification's own are 500 lines and 5,000 tokens. */
export interface Budget {
  lines: number;
  tokens: number;
  /** How many tokens a text takes. */
  count(text: string): number;
}

/** One line of `SKILL.md`, with the page that explains it. */
export interface SkillLine {
  text: string;
  /** Where its topic or chapter is, below the site's root. */
  path?: string;
  /** What that page is called. */
  title?: string;
}

/** `- Do this. → api/pagination, postgres/indexes`: the topics after the arrow, whether they are written yet or not. */
const ARROW = / → ([a-z]+\/[a-z0-9-]+(?:, [a-z]+\/[a-z0-9-]+)*)$/;

/**
 * The lines of `SKILL.md`: the hand-written head, then for each topic when to read its reference, with as many of its *must*
 * rules as the budget allows; each topic gets one before any gets a second. Arrows in the head keep the names of topics that
 * exist; a line that has none leads to the chapter they will be in. Throws when head and routes alone are over the budget.
 */
export function skillLines(intro: string, chapters: Chapter[], topics: Topic[], budget: Budget): SkillLine[] {
  const head = intro
    .trimEnd()
    .split('\n')
    .map((line) => headLine(line, chapters, topics));
  const rules = new Map<Topic, string[]>(topics.map((topic) => [topic, []]));
  const compose = () => [...head, ...routes(chapters, topics, rules)];
  const fits = () => {
    const lines = compose().map((line) => line.text);
    return lines.length <= budget.lines && budget.count(lines.join('\n')) <= budget.tokens;
  };
  if (!fits()) {
    throw new Error(
      'SKILL.md is over its budget without a single rule. Shorten src/content/skill/intro.md or a `when`.',
    );
  }

  const queue = topics.map((topic) => ({ topic, wanted: topic.rules.filter((rule) => rule.level === 'must') }));
  const rounds = Math.max(0, ...queue.map(({ wanted }) => wanted.length));
  for (let round = 0; round < rounds; round++) {
    for (const { topic, wanted } of queue) {
      const rule = wanted[round];
      if (!rule) continue;
      const chosen = rules.get(topic) ?? [];
      chosen.push(`  - **Must** ${rule.text}`);
      if (fits()) continue;
      chosen.pop();
      return compose();
    }
  }
  return compose();
}

function headLine(text: string, chapters: Chapter[], topics: Topic[]): SkillLine {
  const named = ARROW.exec(text)?.[1]?.split(', ');
  if (!named) return { text };
  const known = named.flatMap((path) => topics.find((topic) => pathOf(topic) === `${path}/`) ?? []);
  const line = text.replace(ARROW, known.length > 0 ? ` → ${known.map((topic) => topic.name).join(', ')}` : '');
  const [first] = known;
  if (first) return { text: line, path: pathOf(first), title: first.title };

  const chapter = chapters.find(({ name }) => named[0]?.startsWith(`${name}/`));
  if (!chapter)
    throw new Error(`src/content/skill/intro.md: ${named[0]} is in no chapter. Correct the arrow of "${text}".`);
  return { text: line, path: `${chapter.name}/`, title: chapter.title };
}

function routes(chapters: Chapter[], topics: Topic[], rules: Map<Topic, string[]>): SkillLine[] {
  const lines: SkillLine[] = [
    '',
    '## References',
    '',
    'Read the reference before you write code of its kind: its rules with reasons, code that fails and code that holds, and where the whole page is.',
  ].map((text) => ({ text }));
  for (const chapter of chapters) {
    const own = topics.filter((topic) => topic.chapter === chapter.name);
    if (own.length === 0) continue;
    lines.push(
      { text: '' },
      { text: `### ${chapter.title}`, path: `${chapter.name}/`, title: chapter.title },
      { text: '' },
    );
    for (const topic of own) {
      const page = { path: pathOf(topic), title: topic.title };
      lines.push({ text: `- [${topic.title}](references/${topic.name}.md): when ${topic.when}.`, ...page });
      for (const text of rules.get(topic) ?? []) lines.push({ text, ...page });
    }
  }
  return lines;
}
