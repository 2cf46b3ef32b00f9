/** Packages without types of their own, which the sandbox reaches for by the path of a file. */
declare module 'readable-stream' {
  import stream from 'node:stream';
  export = stream;
}
declare module 'buffer/index.js' {
  export { Buffer, INSPECT_MAX_BYTES, kMaxLength, SlowBuffer } from 'node:buffer';
}
declare module 'util/util.js' {
  import util from 'node:util';
  export = util;
}
declare module 'assert/build/internal/util/comparisons.js' {
  export const isDeepEqual: (a: unknown, b: unknown) => boolean;
  export const isDeepStrictEqual: (a: unknown, b: unknown) => boolean;
}
declare module 'assert/build/assert.js' {
  import assert from 'node:assert';
  export = assert;
}
