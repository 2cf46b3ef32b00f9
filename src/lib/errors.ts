import type { ErrorCode, Topic } from './topic.ts';

/**
 * Every error code of every topic with the topic that explains it, letters before digits. A code that two topics explain
 * stands twice, in their order.
 */
export function errorIndex(topics: Topic[]): (ErrorCode & { topic: Topic })[] {
  const rows = topics.flatMap((topic) => topic.errors.map((error) => ({ ...error, topic })));
  const digits = (code: string) => (/^\d/.test(code) ? 1 : 0);
  return rows.sort((a, b) => digits(a.code) - digits(b.code) || a.code.localeCompare(b.code, 'en', { numeric: true }));
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
