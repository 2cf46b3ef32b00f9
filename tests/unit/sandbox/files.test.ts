import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Files, LoadError, type Network } from '../../../src/sandbox/files.ts';

const TEXT = 'export const answer = 42;';
const manifest = {
  runtime: 'a.js',
  modules: {},
  services: {},
  imports: {},
  assets: {},
  files: {
    'a.js': { path: 'a-1.js', bytes: TEXT.length, sha256: createHash('sha256').update(TEXT).digest('base64') },
  },
};

type Answer = () => Response | Promise<Response>;

/** The files of a network that answers each path from `answers`, in turn. */
function filesOn(answers: Record<string, Answer[]>, patience = 5_000) {
  const asked: string[] = [];
  const network: Network = {
    fetch: (url) => {
      const path = url.replace('https://site/', '');
      asked.push(path);
      const next = answers[path]?.shift();
      return next ? Promise.resolve().then(next) : Promise.reject(new TypeError('Failed to fetch'));
    },
    digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
    patience,
  };
  return { files: new Files('https://site/', network), asked };
}

const json = () => new Response(JSON.stringify(manifest));
const whole = () => new Response(TEXT);

test('fetches a file once, and keeps it', async () => {
  const { files, asked } = filesOn({ 'manifest.json': [json], 'a-1.js': [whole] });
  expect(await files.file('a.js')).toBe(TEXT);
  await files.file('a.js');
  expect(asked).toEqual(['manifest.json', 'a-1.js']);
});

test('tells of the bytes as they arrive', async () => {
  const { files } = filesOn({ 'manifest.json': [json], 'a-1.js': [whole] });
  const heard: [string, number][] = [];
  files.listeners.add((...args) => heard.push(args));
  await files.file('a.js');
  expect(heard).toEqual([['a.js', TEXT.length]]);
});

test.each([
  ['a 404', () => new Response('', { status: 404 }), /answered 404/],
  ['a 500', () => new Response('', { status: 500 }), /answered 500/],
  ['other bytes of the same length', () => new Response('x'.repeat(TEXT.length)), /damaged/],
  ['half a file', () => new Response(TEXT.slice(0, 5)), /damaged/],
  ['no network', () => Promise.reject(new TypeError('Failed to fetch')), /could not be loaded/],
] satisfies [string, Answer, RegExp][])(
  '%s fails with what to do, and the next try is a new one',
  async (_, bad, said) => {
    const { files } = filesOn({ 'manifest.json': [json], 'a-1.js': [bad, whole] });
    const error = await files.file('a.js').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LoadError);
    expect((error as Error).message).toMatch(said);
    expect((error as Error).message).toMatch(/try again/);
    expect(await files.file('a.js')).toBe(TEXT);
  },
);

test('a manifest that is none fails, and is asked for again', async () => {
  const { files } = filesOn({ 'manifest.json': [() => new Response('<html>'), json], 'a-1.js': [whole] });
  await expect(files.manifest()).rejects.toThrow(/damaged/);
  await expect(files.file('a.js')).resolves.toBe(TEXT);
});

test('a file that never arrives is given up', async () => {
  const silent = () => new Response(new ReadableStream({ start() {} }));
  const { files } = filesOn({ 'manifest.json': [json], 'a-1.js': [silent] }, 50);
  const hanging = files.file('a.js');
  // Node's fetch would end its body with the signal; this one has none, so the reader is what waits.
  const outcome = await Promise.race([hanging.catch((error: Error) => error.message), later(5_000)]);
  expect(outcome).toMatch(/did not arrive/);
});

test('a name that the manifest does not have is not fetched', async () => {
  const { files, asked } = filesOn({ 'manifest.json': [json] });
  await expect(files.file('../checklist/')).rejects.toThrow(/no file/);
  await expect(files.file('constructor')).rejects.toThrow(/no file/);
  expect(asked).toEqual(['manifest.json']);
});

const later = (milliseconds: number) => new Promise<string>((resolve) => setTimeout(resolve, milliseconds, 'waits'));
