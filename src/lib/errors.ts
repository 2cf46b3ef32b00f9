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
