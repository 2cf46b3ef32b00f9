/** The part of a browser's storage that is used. Each call may throw: storage can be denied, or full. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * Storage that never throws. What the browser does not take is remembered until the page closes, wins over what is stored,
 * and is tried again when something else could be stored.
 */
export class Kept {
  readonly #shelf: () => Shelf;
  /** By key, what could not be stored; null for what could not be removed. */
  readonly #unkept = new Map<string, string | null>();
  #denied = false;

  /** `shelf` is called each time, since a browser may throw for the storage as a whole. */
  constructor(shelf: () => Shelf) {
    this.#shelf = shelf;
  }

  /** Whether all that was written will be there after the page closes, as far as is known. */
  get all(): boolean {
    return !this.#denied && this.#unkept.size === 0;
  }

  read(key: string): string | null {
    const unkept = this.#unkept.get(key);
    return unkept === undefined ? this.#tried((shelf) => shelf.getItem(key), null) : unkept;
  }

  /** Stores a value, or removes it for null. Answers whether the browser took it. */
  write(key: string, value: string | null): boolean {
    this.#unkept.set(key, value);
    if (!this.#put(key, value)) return false;
    for (const [other, waiting] of this.#unkept) if (!this.#put(other, waiting)) break;
    return true;
  }

  /** Another tab has written this key (every key, for null): what this page could not store there is out of date. */
  forget(key: string | null) {
    if (key === null) this.#unkept.clear();
    else this.#unkept.delete(key);
  }

  /** Every key that begins like this and has a value. */
  keys(beginning: string): string[] {
    const stored = this.#tried((shelf) => Array.from({ length: shelf.length }, (_, index) => shelf.key(index)), []);
    return [...new Set([...stored, ...this.#unkept.keys()])].filter(
      (key): key is string => !!key?.startsWith(beginning) && this.read(key) !== null,
    );
  }

  #put(key: string, value: string | null): boolean {
    return this.#tried((shelf) => {
      if (value === null) shelf.removeItem(key);
      else shelf.setItem(key, value);
      this.#unkept.delete(key);
      return true;
    }, false);
  }

  #tried<T>(use: (shelf: Shelf) => T, otherwise: T): T {
    const shelf = this.#opened();
    try {
      return shelf ? use(shelf) : otherwise;
    } catch {
      return otherwise;
    }
  }

  #opened(): Shelf | undefined {
    try {
      // A browser with storage switched off may have null here.
      const shelf = (this.#shelf() as Shelf | null) ?? undefined;
      this.#denied = !shelf;
      return shelf;
    } catch {
      this.#denied = true;
      return undefined;
    }
  }
}
