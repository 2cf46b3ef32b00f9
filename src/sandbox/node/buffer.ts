import * as npm from 'buffer/index.js';

/** Node's `Buffer`, with the encoding that the npm package lacks: base64url (RFC 4648, 5). */
const Buffer = npm.Buffer;
const isUrl = (encoding: unknown): boolean => typeof encoding === 'string' && encoding.toLowerCase() === 'base64url';
const toUrl = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

const { from, isEncoding, byteLength } = Buffer;
const { toString, write } = Buffer.prototype;
Object.assign(Buffer, {
  from: (value: unknown, encoding?: unknown, ...rest: unknown[]) =>
    Reflect.apply(from, Buffer, [value, isUrl(encoding) ? 'base64' : encoding, ...rest]) as unknown,
  isEncoding: (encoding: unknown) => isUrl(encoding) || Reflect.apply(isEncoding, Buffer, [encoding]),
  byteLength: (value: unknown, encoding?: unknown) =>
    Reflect.apply(byteLength, Buffer, [value, isUrl(encoding) ? 'base64' : encoding]) as unknown,
});
Object.assign(Buffer.prototype, {
  toString(this: Uint8Array, encoding?: unknown, ...rest: unknown[]) {
    const text = Reflect.apply(toString, this, [isUrl(encoding) ? 'base64' : encoding, ...rest]) as string;
    return isUrl(encoding) ? toUrl(text) : text;
  },
  write(this: Uint8Array, ...args: unknown[]) {
    return Reflect.apply(
      write,
      this,
      args.map((arg) => (isUrl(arg) ? 'base64' : arg)),
    ) as unknown;
  },
});

// Packages call these methods of Node's own, which its types do not name.
for (const encoding of ['ascii', 'base64', 'base64url', 'hex', 'latin1', 'ucs2', 'utf8']) {
  Object.assign(Buffer.prototype, {
    [`${encoding}Slice`](this: Uint8Array, start?: number, end?: number) {
      return Buffer.prototype.toString.call(this, encoding as BufferEncoding, start, end);
    },
    [`${encoding}Write`](this: Uint8Array, text: string, start = 0, length = this.length - start) {
      return Buffer.prototype.write.call(this, text, start, length, encoding as BufferEncoding);
    },
  });
}

const { SlowBuffer, INSPECT_MAX_BYTES, kMaxLength } = npm;
const { Blob, File, atob, btoa } = globalThis;
export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: 2 ** 29 - 24 };

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
export const isAscii = (bytes: Uint8Array) => bytes.every((byte) => byte < 128);

export { atob, Blob, btoa, Buffer, File, INSPECT_MAX_BYTES, kMaxLength, SlowBuffer };
export default {
  atob,
  Blob,
  btoa,
  Buffer,
  constants,
  File,
  INSPECT_MAX_BYTES,
  isAscii,
  isUtf8,
  kMaxLength,
  SlowBuffer,
};
