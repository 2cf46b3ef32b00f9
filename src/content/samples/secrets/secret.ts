// #region secret
/** A value that prints as `[secret]`, in whatever way it is printed. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The value itself. Search for this name to see who uses secrets. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  /** What `console.log` and `util.inspect` ask for. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** As itself, in a path or query, as a URL's password, and within JSON. */
function formsOf(value: string): string[] {
  const url = new URL('http://host');
  url.password = value;
  const json = JSON.stringify(value).slice(1, -1);
  const query = new URLSearchParams({ q: value }).toString().slice(2);
  return [value, encodeURIComponent(value), query, url.password, json];
}

/** The last layer before a log line is written: known values go out of it. */
export function scrubberOf(secrets: Secret[]) {
  const forms = secrets.flatMap((secret) => formsOf(secret.reveal()));
  // The longest first: one secret may be the beginning of another.
  const values = [...new Set(forms)]
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length);
  return (line: string) =>
    values.reduce((text, value) => text.replaceAll(value, '[secret]'), line);
}
// #endregion secret
