/** A moment of a program's record: who did what, and how it went. */
export interface Event {
  who: string;
  what: string;
  how: string;
}

/** What a drawing of sessions side by side needs. Rows count from 1, downwards in time. */
export interface Timeline {
  sessions: string[];
  events: (Event & { row: number; column: number })[];
  /** From a session's first moment to its last. */
  lives: { column: number; from: number; to: number }[];
  /** A session that stands still: from the moment that it begins to wait to the one that lets it go on. */
  waits: { column: number; from: number; to: number }[];
}

const ROW = /^(\S+) {2,}(\S.*?)(?: {2,}(\S.*))?$/;

/**
 * The rows of `output` that tell what sessions did, in their order: a name, a statement and how it went, parted by two
 * spaces or more. `part` is the paragraph of the output that holds them, counted from 0. A session that `waits` does so
 * until it acts again or until another row, which does not itself wait, names it. Throws for a part that is not there, and for a line of another form.
 */
export function timelineOf(output: string, part = 0): Timeline {
  const parts = output.trim().split(/\n{2,}/);
  const text = parts[part];
  if (text === undefined) throw new Error(`there is no paragraph ${part}; there are ${parts.length}`);
  const events = text.split('\n').map((line, index) => {
    const [, who = '', what = '', how = ''] = ROW.exec(line) ?? [];
    if (!who) throw new Error(`"${line}" is no row of a name, a statement and how it went, parted by two spaces`);
    return { who, what, how, row: index + 1 };
  });
  const sessions = [...new Set(events.map(({ who }) => who))];
  const columnOf = (who: string) => sessions.indexOf(who) + 1;

  const waits = events.flatMap(({ who, how, row }) => {
    if (!how.startsWith('waits')) return [];
    const names = new RegExp(`\\b${who}\\b`);
    const frees = (later: Event) => later.who === who || (names.test(later.how) && !later.how.startsWith('waits'));
    const end = events.find((later) => later.row > row && frees(later));
    return [{ column: columnOf(who), from: row, to: end?.row ?? events.length }];
  });
  const lives = sessions.map((who, index) => {
    const rows = events.filter((event) => event.who === who).map(({ row }) => row);
    const ends = waits.filter(({ column }) => column === index + 1).map(({ to }) => to);
    return { column: index + 1, from: Math.min(...rows), to: Math.max(...rows, ...ends) };
  });
  return { sessions, events: events.map((event) => ({ ...event, column: columnOf(event.who) })), lives, waits };
}
