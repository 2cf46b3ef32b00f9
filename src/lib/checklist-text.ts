import { labelOf } from './levels.ts';
import { counted } from './text.ts';

/** A rule as it is taken away. Text is inline Markdown. */
export interface TakenRule {
  id: string;
  text: string;
  why: string;
  level: string;
  /** As the rule cites them: `ASVS 6.2.8`. */
  standards: string[];
  chapter: string;
  topic: string;
  /** The whole address of the rule on its topic. */
  url: string;
  /** The day of its tick: `2026-11-22`; empty without one. */
  day: string;
}

/**
 * Rules as a task list of GitHub's Markdown, for an issue or a pull request: a heading for each topic, a task for each
 * rule. `shown` says which rules these are.
 */
export function markdownOf(name: string, shown: string, rules: TakenRule[]): string {
  const done = rules.filter(({ day }) => day).length;
  const lines = [
    `## ${name.replace(/[\\`*_{}[\]()#+!|~-]/g, '\\$&')}`,
    '',
    `${shown}: ${done} of ${counted(rules.length, 'rule')} ticked.`,
  ];
  let topic = '';
  for (const rule of rules) {
    const page = rule.url.replace(/#.*/, '');
    if (page !== topic) lines.push('', `### ${rule.chapter}: [${rule.topic}](${page})`, '');
    topic = page;
    const cited = rule.standards.length > 0 ? ` (${rule.standards.join(', ')})` : '';
    lines.push(`- [${rule.day ? 'x' : ' '}] **${labelOf(rule.level)}** ${rule.text} [Why](${rule.url})${cited}`);
  }
  return `${lines.join('\n')}\n`;
}

const COLUMNS = ['list', 'ticked', 'level', 'rule', 'why', 'standards', 'chapter', 'topic', 'id', 'url'];

/** Rules as CSV by RFC 4180, with a line of column names. No cell begins like a formula of a spreadsheet. */
export function csvOf(name: string, rules: TakenRule[]): string {
  const rows = rules.map(({ id, text, why, level, standards, chapter, topic, url, day }) => [
    ...[name, day, level, text, why, standards.join(', '), chapter, topic, id, url],
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  // A spreadsheet skips white space before the sign, and takes the full-width signs as well.
  const safe = /^[\s\0]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A list's name as the name of a file without its ending: `orders-api-review`. */
export const fileName = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, '-')
    .replace(/^-|-$/g, '') || 'checklist';
