import { isDeepEqual, isDeepStrictEqual } from 'assert/build/internal/util/comparisons.js';
import { format, formatWithOptions, inspect, stripVTControlCharacters } from 'node-inspect-extracted';
import npm from 'util/util.js';

export const { callbackify, debuglog, deprecate, inherits, isArray, promisify, types } = npm;
export const debug = debuglog;
export const { TextDecoder, TextEncoder } = globalThis;
export const styleText = (_format: unknown, text: string) => text;
export const toUSVString = (text: string) => text.toWellFormed();

export { format, formatWithOptions, inspect, isDeepEqual, isDeepStrictEqual, stripVTControlCharacters };
export default {
  ...npm,
  callbackify,
  debug,
  format,
  formatWithOptions,
  inspect,
  isDeepStrictEqual,
  stripVTControlCharacters,
  styleText,
  TextDecoder,
  TextEncoder,
  toUSVString,
};
