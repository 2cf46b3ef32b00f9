import leven from 'leven';

/**
 * The words nearest to `word`, the nearest first, of those that differ in at most `distance` letters; without a distance
 * in less than half of them. Among equals come those that begin alike, and then the shorter.
 */
export function nearestOf(word: string, words: string[], most: number, distance?: number): string[] {
  const limit = distance ?? Math.max(1, Math.ceil(word.length / 2) - 1);
  return words
    .filter((other) => Math.abs(other.length - word.length) <= limit)
    .map((other) => ({ other, far: leven(word, other.toLowerCase()), alike: alike(word, other.toLowerCase()) }))
    .filter(({ far, other }) => far <= limit && (distance === undefined || other[0] === word[0]))
    .sort((a, b) => a.far - b.far || b.alike - a.alike || a.other.length - b.other.length)
    .slice(0, most)
    .map(({ other }) => other);
}

/** How many letters two words have in common: at the beginning, at the end, and at all. */
function alike(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  // Letters that changed places are all there, as in `cachign`; and few write the last one wrong.
  const same = [...one].sort().join('') === [...other].sort().join('');
  return at + (same ? one.length : 0) + (one.at(-1) === other.at(-1) ? 1 : 0);
}
