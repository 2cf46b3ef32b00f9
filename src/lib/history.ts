/** The day on which each file was last changed (`2026-07-24`), from `git log --format=%x00%cs --name-only`. */
export function changesIn(log: string): Map<string, string> {
  const changes = new Map<string, string>();
  for (const commit of log.split('\0')) {
    const [day = '', ...files] = commit.split('\n').filter(Boolean);
    for (const file of files) if (day > (changes.get(file) ?? '')) changes.set(file, day);
  }
  return changes;
}

/** The last day on which one of the files was changed whose path `counts`; undefined if none of them has a day. */
export function lastChange(changes: Map<string, string>, counts: (path: string) => boolean = () => true) {
  return [...changes]
    .filter(([path]) => counts(path))
    .map(([, day]) => day)
    .sort()
    .at(-1);
}

/** `2026-07-24` as `24 July 2026`, in every time zone. */
export const dayInWords = (day: string) =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
