import { ruleLine, sampleText, textOf, type TwinContext } from './markdown.ts';
import { pathOf, type Topic } from './topic.ts';
import { absolute } from './url.ts';

/** An agent loads a reference whole, among others: what it may weigh, in bytes of UTF-8. */
export const REFERENCE_LIMIT = 5_000;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/**
 * A topic in brief, for an agent at work: what to do, the rules with their reasons, the error codes, and as many of the
 * page's programs as the limit leaves room for, those that are shown as bad or right first. The whole page is a link away.
 * Throws when not even the rules fit.
 */
export function referenceOf(topic: Topic, context: TwinContext): string {
  const twin = absolute(pathOf(topic).replace(/\/$/, '.md'), context.site);
  const head = [
    `# ${topic.title}`,
    `${topic.description} Read when ${topic.when}. All of it, with what every program printed: ${twin}`,
  ];
  const errors = topic.errors.map(({ code, means, status }) => `- \`${code}\` (${status}): ${means}`);
  const prose = [leadOf(topic, context), ...(errors.length > 0 ? [`## Error codes\n\n${errors.join('\n')}`] : [])];
  const programs = programsOf(topic, context);

  // Reasons give way to a program: those of lesser rules first.
  const forms = [() => true, (level: string) => level === 'must', () => false].map((explained) => {
    const rules = topic.rules.map((rule) => ruleLine(rule, explained(rule.level))).join('\n');
    const start = [...head, `## Rules\n\n${rules}`];
    const parts = [...prose, ...programs].reduce((all, part) => (fits([...all, part]) ? [...all, part] : all), start);
    return { parts, shows: programs.length === 0 || programs.some((program) => parts.includes(program)) };
  });
  const whole = forms.filter(({ parts }) => fits(parts));
  const chosen = whole.find(({ shows }) => shows) ?? whole[0];
  if (!chosen) throw new Error(`The rules of ${topic.name} alone are over ${REFERENCE_LIMIT} bytes. Shorten them.`);
  return joined(chosen.parts);
}

const joined = (parts: string[]) => parts.join('\n\n') + '\n';
const fits = (parts: string[]) => bytesOf(joined(parts)) <= REFERENCE_LIMIT;

/** What stands above the first heading: what to do. */
function leadOf(topic: Topic, context: TwinContext): string {
  const [lead = ''] = topic.body.split(/^## /m);
  return textOf({ ...topic, body: lead }, context);
}

/** The programs that a page shows, in brief: the region without the output, unless that fits as well. */
function programsOf(topic: Topic, context: TwinContext): string[] {
  const shown = [...topic.body.matchAll(/<Sample\s+([^>]*?)\/>/g)].map(([, text = '']) => {
    const value = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];
    return { file: value('file') ?? '', region: value('region'), verdict: value('verdict') };
  });
  const judged = [...shown.filter(({ verdict }) => verdict), ...shown.filter(({ verdict }) => !verdict)];
  return judged.map(({ file, region, verdict }) => {
    const { source } = context.sample(file);
    const label = verdict ? `## ${verdict === 'bad' ? 'Wrong' : 'Right'}: ` : '## ';
    return `${label}${sampleText({ file, source }, region, context.site)}`;
  });
}
