import type { Shelf } from '../../../src/lib/kept.ts';

/** A storage of `room` characters, of which two tabs can have one. */
export function shelfOf(entries: Record<string, string> = {}, room = Infinity): Shelf & { all: Map<string, string> } {
  const all = new Map(Object.entries(entries));
  return {
    all,
    get length() {
      return all.size;
    },
    key: (index) => [...all.keys()][index] ?? null,
    getItem: (key) => all.get(key) ?? null,
    removeItem: (key) => void all.delete(key),
    setItem(key, value) {
      const others = [...all].filter(([other]) => other !== key).reduce((sum, pair) => sum + pair.join('').length, 0);
      if (others + key.length + value.length > room) throw new Error('QuotaExceededError');
      all.set(key, value);
    },
  };
}
