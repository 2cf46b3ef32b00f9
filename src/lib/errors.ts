import type { ErrorCode, Topic } from './topic.ts';

/** Where an error comes from. */
export const KINDS = ['Prisma', 'SQLSTATE', 'Node.js', 'Libraries'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * Every error code of every topic with the topic that explains it, letters before digits. A code that two topics explain
 * stands twice, in their order.
 */
export function errorIndex(topics: Topic[]): (ErrorCode & { topic: Topic })[] {
  const rows = topics.flatMap((topic) => topic.errors.map((error) => ({ ...error, topic })));
  const digits = (code: string) => (/^\d/.test(code) ? 1 : 0);
  return rows.sort((a, b) => digits(a.code) - digits(b.code) || a.code.localeCompare(b.code, 'en', { numeric: true }));
}

/**
 * Where a code comes from, by its form. P1 to P6 with three digits is Prisma's; `P0001` is a SQLSTATE, of PL/pgSQL. jose and
 * express-rate-limit begin their codes with `ERR_`, as Node.js does.
 */
export function kindOf(code: string): Kind {
  if (/^P[1-6]\d{3}$/.test(code)) return 'Prisma';
  if (/^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return 'SQLSTATE';
  if (/^ERR_(JW[A-Z]+|JOSE|ERL)_/.test(code)) return 'Libraries';
  return /^(E[A-Z_]+|ERR_\w+|(Abort|Timeout)Error)$/.test(code) ? 'Node.js' : 'Libraries';
}

/** A row of the index, as a filter sees it. */
export interface FilterRow {
  code: string;
  /** All that a reader sees of the row. */
  text: string;
}

/**
 * For each row whether it fits what a reader typed. If that holds a code, such as a line of a log does, the rows of that code
 * fit, and otherwise those that hold every word. Capitals do not matter.
 */
export function fitting(rows: FilterRow[], typed: string): boolean[] {
  const words = typed
    .toLowerCase()
    .split(/[\s,;:()[\]{}"'`]+/)
    .map((word) => word.replace(/\.$/, ''))
    .filter(Boolean);
  const named = new Set(words.filter((word) => rows.some(({ code }) => code.toLowerCase() === word)));
  if (named.size > 0) return rows.map(({ code }) => named.has(code.toLowerCase()));
  return rows.map(({ text }) => words.every((word) => text.toLowerCase().includes(word)));
}

/** A code with what each topic says of it, and where the skill keeps that topic: what `find-errors.mjs` reads. */
export interface ExplainedCode {
  code: string;
  explained: { means: string; status: number; reference: string }[];
}

/** Every error code once, in the order of the index. */
export function errorTable(topics: Topic[]): ExplainedCode[] {
  const table = new Map<string, ExplainedCode>();
  for (const { code, means, status, topic } of errorIndex(topics)) {
    const row = table.get(code) ?? { code, explained: [] };
    row.explained.push({ means, status, reference: `references/${topic.name}.md` });
    table.set(code, row);
  }
  return [...table.values()];
}
