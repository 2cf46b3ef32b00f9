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

/** The last layer before a log line is written: known values go out of it. */
export function scrubberOf(secrets: Secret[]) {
  const values = secrets
    .map((secret) => secret.reveal())
    .flatMap((value) => [value, encodeURIComponent(value)]);
  return (line: string) =>
    values.reduce((text, value) => text.replaceAll(value, '[secret]'), line);
}
// #endregion secret
