/** A line of two outputs laid over each other. */
export interface Row {
  kind: 'same' | 'recorded' | 'printed';
  text: string;
}

/** What a run printed, against what was recorded. */
export interface Comparison {
  /** Lines in the order to show them in: where the two differ, the recorded ones first. */
  rows: Row[];
  /** How many lines differ; 0 when the outputs are the same. */
  differing: number;
}

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Lays what was printed over what was recorded: what they share at both ends, and between that what differs. */
export function comparisonOf(recorded: string, printed: string): Comparison {
  const [before, after] = [linesOf(recorded), linesOf(printed)];
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;

  const rows = (lines: string[], kind: Row['kind']) => lines.map((text): Row => ({ kind, text }));
  const middle = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)] as const;
  // Line for line where there are as many: each recorded line stands above the one that was printed in its place.
  const pairs =
    middle[0].length === middle[1].length
      ? middle[0].flatMap((text, at) =>
          text === middle[1][at]
            ? rows([text], 'same')
            : [...rows([text], 'recorded'), ...rows([middle[1][at] ?? ''], 'printed')],
        )
      : [...rows(middle[0], 'recorded'), ...rows(middle[1], 'printed')];
  const count = (kind: Row['kind']) => pairs.filter((row) => row.kind === kind).length;
  return {
    rows: [...rows(after.slice(0, head), 'same'), ...pairs, ...rows(after.slice(after.length - tail), 'same')],
    differing: Math.max(count('recorded'), count('printed')),
  };
}
