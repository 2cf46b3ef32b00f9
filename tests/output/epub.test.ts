import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { EPUB } from '../../src/lib/takeaway.ts';
import { BASE, DIST, bytes, elementsOf, topics } from './dist.ts';

const files = unzipSync(bytes(EPUB.file));
const page = (topic: string) => strFromU8(files[`book/${topic.replace('/', '-')}.xhtml`] ?? new Uint8Array());

/** Debian's epubcheck is an archive for Java, which a kernel without `binfmt_misc` cannot start by itself. */
const checker = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'epubcheck'))
  .find((path) => existsSync(path));
const isArchive = checker !== undefined && readFileSync(checker).subarray(0, 2).toString() === 'PK';
const command = isArchive ? ['java', '-jar', checker] : [checker ?? ''];

describe('the EPUB', () => {
  test.each(topics)('holds %s, with its programs, outputs, rules and sources, and no controls', (topic) => {
    const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
    const classed = (name: string) =>
      elementsOf(`${topic}/index.html`).filter(({ attributes }) => attributes['class']?.split(' ').includes(name))
        .length;
    const text = page(topic);
    for (const name of ['sample', 'listing', 'rule', 'sources', 'timeline', 'figure'])
      expect(count(text, new RegExp(`class="(?:[\\w -]* )?${name}(?: [^"]*)?"`, 'g')), name).toBe(classed(name));
    expect(/<(button|script|input|hb-)|var\(--|class="[^"]*astro-(?!code)/.exec(text)?.[0]).toBeUndefined();
  });

  test('is on the home page, with its size and what it leaves out', () => {
    const link = elementsOf('index.html').find(({ attributes }) => attributes['href'] === BASE + EPUB.file);
    expect(link?.text).toBe('EPUB');
    const list = elementsOf('index.html').find(({ attributes }) => attributes['data-takeaways'] !== undefined);
    expect(list?.text).toContain(EPUB.omits);
    expect(list?.text).toMatch(/\d KB|\d MB/);
  });

  // Where tests stand guard, in CI, it must be there all the same.
  const check = checker || process.env['CI'] ? test : test.skip;
  const title = checker ? 'has nothing that epubcheck objects to' : 'needs what this machine has not: epubcheck';
  check(title, { timeout: 180_000 }, () => {
    const [program = '', ...args] = command;
    const { stdout, stderr, status } = spawnSync(program, [...args, join(DIST, EPUB.file)], { encoding: 'utf8' });
    expect(stdout + stderr).toContain('Messages: 0 fatals / 0 errors / 0 warnings');
    expect(status).toBe(0);
  });
});
