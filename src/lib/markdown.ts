import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { labelOf } from './levels.ts';
import type { Rule } from './rule.ts';
import { regionOf, type Sample } from './sample.ts';
import { pathOf, type Topic } from './topic.ts';
import { absolute, type Site } from './url.ts';

/** What a twin needs besides its topic. */
export interface TwinContext {
  site: Site;
  /** The sample with this name; throws, saying what to do, when there is none. */
  sample(file: string): Sample;
  /** The text alternative of a figure: its title and its description. */
  figure(file: string): { title: string; description: string };
}

/** The part of an MDX syntax tree that is read here. */
interface Node {
  type: string;
  name?: string | null;
  url?: string;
  children?: Node[];
  attributes?: { type: string; name?: string; value?: unknown }[];
  position?: { start: { offset?: number }; end: { offset?: number } };
}

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkMdx);

/** A rule as an item of a task list, with its reason if that is wanted. */
export function ruleLine({ text, why, level, standards }: Rule, explained = true): string {
  const tail = standards.length > 0 ? ` (${standards.join(', ')})` : '';
  return `- [ ] **${labelOf(level)}** ${text}${explained ? ` ${why}` : ''}${tail}`;
}

/** Text as a YAML scalar. */
const quoted = (text: string) => JSON.stringify(text);

/**
 * A topic as Markdown that stands alone: title, promise, prose with each program and its output in fences, rules as a task
 * list, sources; all links absolute. Throws for a component that has no text form.
 */
export function twinOf(topic: Topic, context: TwinContext): string {
  const rules = topic.rules.map((rule) => ruleLine(rule));
  const errors = topic.errors.map(({ code, means, status }) => `- \`${code}\`: ${means} Answer ${status}.`);
  const canonical = absolute(pathOf(topic), context.site);
  const sections = [
    `---\ntitle: ${quoted(topic.title)}\ndescription: ${quoted(topic.description)}\ncanonical: ${canonical}\n---`,
    `# ${topic.title}`,
    `> ${topic.description}`,
    `Read when ${topic.when}. All topics: ${absolute('llms.txt', context.site)}`,
    textOf(topic, context),
    `## Rules\n\n${rules.join('\n')}`,
    ...(errors.length > 0 ? [`## Error codes\n\n${errors.join('\n')}`] : []),
    `## Sources\n\n${topic.sources.map(({ title, url }) => `- [${title}](${url})`).join('\n')}`,
  ];
  return sections.join('\n\n') + '\n';
}

/** The body with its components replaced, by cutting at the positions that the parser reports: the rest stays as written. */
export function textOf(topic: Topic, context: TwinContext): string {
  const cuts: { from: number; to: number; text: string }[] = [];
  const visit = (node: Node) => {
    const text = replacementOf(node, topic, context);
    if (text === undefined) return node.children?.forEach(visit);
    cuts.push({ from: node.position?.start.offset ?? 0, to: node.position?.end.offset ?? 0, text });
  };
  visit(parser.parse(topic.body) as Node);

  let prose = topic.body;
  for (const { from, to, text } of cuts.sort((a, b) => b.from - a.from)) {
    prose = prose.slice(0, from) + text + prose.slice(to);
  }
  return asides(prose)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function replacementOf(node: Node, topic: Topic, context: TwinContext): string | undefined {
  if (node.type === 'mdxjsEsm') return '';
  if (node.type === 'link' && node.url && !/^(https?:|mailto:)/.test(node.url)) {
    const page = `/${pathOf(topic)}`;
    const label = topic.body.slice(
      node.children?.[0]?.position?.start.offset,
      node.children?.at(-1)?.position?.end.offset,
    );
    const target = node.url.startsWith('/')
      ? node.url
      : new URL(node.url, `https://site${page}`).href.slice('https://site'.length);
    return `[${label}](${absolute(target, context.site)})`;
  }
  if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return undefined;
  const props = Object.fromEntries((node.attributes ?? []).map(({ name, value }) => [name, value])) as Record<
    string,
    string
  >;
  const file = props['file'] ?? '';
  switch (node.name) {
    case 'Sample':
      return sampleText(context.sample(file), props['region'], context.site);
    case 'Plot':
    case 'Timeline':
      return `${props['caption']}\n\n${fence('text', context.sample(file).output ?? '')}\n\nMeasured by ${linkOf(file, context.site)}.`;
    case 'Figure': {
      const { title, description } = context.figure(file);
      return `**${title}.** ${description}\n\n${props['caption'] ?? ''}`.trim();
    }
    default:
      throw new Error(
        `${topic.chapter}/${topic.name}.mdx uses <${node.name}>, which has no text form. Use Sample, Plot, Timeline or Figure.`,
      );
  }
}

const linkOf = (file: string, site: Site) => `[${file}](${absolute(`samples/${file}`, site)})`;

/** A sample, or a region of it, with what it printed, if it is known. */
export function sampleText(sample: Sample, region: string | undefined, site: Site): string {
  const part = region ? `, region \`${region}\`` : '';
  const code = `${linkOf(sample.file, site)}${part}:\n\n${fence('ts', regionOf(sample, region).code)}`;
  return sample.output === undefined ? code : `${code}\n\nIt printed:\n\n${fence('text', sample.output)}`;
}

/** A fence longer than any run of backticks inside. */
function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}${language}\n${text.replace(/\n$/, '')}\n${marks}`;
}

/** Starlight's `:::note[Title]` blocks as block quotes, which any reader of Markdown knows. */
function asides(prose: string): string {
  return prose.replace(/^:::\w+(?:\[(.*?)\])?\n([\s\S]*?)\n:::$/gm, (_, title: string | undefined, body: string) =>
    [...(title ? [`**${title}**`, ''] : []), ...body.trim().split('\n')]
      .map((line) => `> ${line}`.trimEnd())
      .join('\n'),
  );
}
