import { gunzipSync, unzipSync } from 'fflate';
import { parseTar } from 'nanotar';
import { expect, test } from 'vitest';
import { tarGzOf, zipOf } from '../../../src/lib/archive.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const files = new Map([
  ['references/b.md', bytes('b')],
  ['SKILL.md', bytes('skill ’ü')],
]);
const reversed = new Map([...files].reverse());

test('a zip holds the files under their own names', () => {
  const inside = unzipSync(zipOf(files));
  expect(Object.keys(inside)).toEqual(['SKILL.md', 'references/b.md']);
  expect(inside['SKILL.md']).toEqual(bytes('skill ’ü'));
});

test('a tar holds the files under their own names, readable by all', () => {
  const inside = parseTar(gunzipSync(tarGzOf(files)));
  expect(inside.map((entry) => entry.name)).toEqual(['SKILL.md', 'references/b.md']);
  expect(inside[0]?.text).toBe('skill ’ü');
  expect(Number(inside[0]?.attrs?.mode)).toBe(644);
});

test('the order in which files come does not change the bytes', () => {
  expect(zipOf(reversed)).toEqual(zipOf(files));
  expect(tarGzOf(reversed)).toEqual(tarGzOf(files));
});

test('another time zone does not change the bytes', () => {
  const before = process.env['TZ'];
  const at = (zone: string) => {
    process.env['TZ'] = zone;
    return [zipOf(files), tarGzOf(files)];
  };
  expect(at('Pacific/Auckland')).toEqual(at('America/Los_Angeles'));
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});
