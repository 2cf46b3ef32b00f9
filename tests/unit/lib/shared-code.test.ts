import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { codeIn, fileIn, fragmentOf, LIMIT } from '../../../src/lib/shared-code.ts';

test('a program survives the way into a link and out of it', async () => {
  const code = "console.log('ü', 1 + 1);\n".repeat(50);
  const fragment = await fragmentOf('pagination/keyset.ts', code);
  expect(fragment).toMatch(/^#code=pagination\/keyset\.ts:[\w-]+$/);
  expect(fileIn(fragment)).toBe('pagination/keyset.ts');
  expect(await codeIn(fragment)).toBe(code);
});

test('other fragments carry no program', () => {
  expect(fileIn('#pagination-keyset')).toBeUndefined();
  expect(fileIn('')).toBeUndefined();
});

test('refuses a program that is too long for a link', async () => {
  await expect(fragmentOf('a/b.ts', 'x'.repeat(LIMIT + 1))).rejects.toThrow(/too long/);
});

test('refuses a link whose data is damaged', async () => {
  await expect(codeIn('#code=a/b.ts:!!!')).rejects.toThrow();
  await expect(codeIn('#code=a/b.ts:AAAA')).rejects.toThrow();
});

test('refuses a link that unpacks to far more than a program', async () => {
  const bomb = deflateRawSync(Buffer.alloc(50_000_000)).toString('base64url');
  await expect(codeIn(`#code=a/b.ts:${bomb}`)).rejects.toThrow(/too long/);
});
