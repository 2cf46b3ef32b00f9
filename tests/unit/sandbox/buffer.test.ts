import native from 'node:buffer';
import { expect, test } from 'vitest';
import sandbox from '../../../src/sandbox/node/buffer.ts';

const { Buffer } = sandbox;

test.each(['', 'a', 'ü?>~', '{"key":"value"}'])('%j goes through base64url as in Node.js', (text) => {
  const encoded = Buffer.from(text).toString('base64url');
  expect(encoded).toBe(native.Buffer.from(text).toString('base64url'));
  expect(Buffer.from(encoded, 'base64url').toString()).toBe(text);
  expect(Buffer.byteLength(encoded, 'base64url')).toBe(native.Buffer.byteLength(encoded, 'base64url'));
});

test('has the slices that parsers of forms call', () => {
  const bytes = Buffer.from('grüße') as unknown as {
    latin1Slice(start: number, end: number): string;
    utf8Slice(): string;
  };
  const same = native.Buffer.from('grüße') as unknown as typeof bytes;
  expect(bytes.latin1Slice(0, 4)).toBe(same.latin1Slice(0, 4));
  expect(bytes.utf8Slice()).toBe('grüße');
});

test('knows valid UTF-8 from other bytes', () => {
  expect(sandbox.isUtf8(Buffer.from('ü'))).toBe(true);
  expect(sandbox.isUtf8(new Uint8Array([0xff]))).toBe(false);
});
