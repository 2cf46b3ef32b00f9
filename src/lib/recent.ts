/** Searches that are kept. */
const MOST = 6;

/** What was searched for last, the latest first, from what is stored: nothing if that cannot be read. */
export function recentOf(stored: string | null): string[] {
  try {
    const kept: unknown = JSON.parse(stored ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept.filter((words) => typeof words === 'string' && words !== '').slice(0, MOST) as string[];
  } catch {
    return [];
  }
}

/** The searches with another one before them. */
export const withRecent = (recent: string[], words: string): string[] =>
  [words, ...recent.filter((other) => other.toLowerCase() !== words.toLowerCase())].slice(0, MOST);
