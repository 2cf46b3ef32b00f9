import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logOf } from '../../../src/integrations/history.ts';
import { changesIn, dayInWords, lastChange } from '../../../src/lib/history.ts';

const LOG = `\0${'2026-07-24'}\n\nsrc/b.mdx\nsrc/a.mdx\n\0${'2026-07-25'}\n\nsrc/a.mdx\n\0${'2026-01-02'}\n\nsrc/c.ts\n`;

describe('the changes in a log', () => {
  test('are the last day of each file, whatever the order of the commits', () => {
    expect(Object.fromEntries(changesIn(LOG))).toEqual({
      'src/a.mdx': '2026-07-25',
      'src/b.mdx': '2026-07-24',
      'src/c.ts': '2026-01-02',
    });
  });

  test('are none without a log', () => expect(changesIn('').size).toBe(0));
});

test('the last change of several files is that of the latest, and of none there is none', () => {
  expect(lastChange(changesIn(LOG))).toBe('2026-07-25');
  expect(lastChange(changesIn(LOG), (path) => path.endsWith('.ts'))).toBe('2026-01-02');
  expect(lastChange(changesIn(LOG), () => false)).toBeUndefined();
});

test('a day is the same in words in every time zone', () => {
  expect(dayInWords('2026-07-01')).toBe('1 July 2026');
});

describe('the log', () => {
  let root: string;
  const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, stdio: 'pipe' });
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  const write = (path: string, text: string) => {
    mkdirSync(join(root, 'book/src'), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'handbook-history-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  test('names files below the handbook’s folder, and no others', () => {
    write('book/src/é.mdx', 'a');
    write('other.txt', 'b');
    git(root, 'init', '-q');
    git(root, 'add', '.');
    const date = '2026-03-04T23:30:00-0800';
    execFileSync('git', [...identity, 'commit', '-qm', 'one'], {
      cwd: root,
      env: { ...process.env, GIT_COMMITTER_DATE: date },
    });
    expect(Object.fromEntries(changesIn(logOf(join(root, 'book'))))).toEqual({ 'src/é.mdx': '2026-03-04' });
  });

  test('is empty in a shallow clone, and where there is no git', () => {
    write('book/src/a.mdx', 'a');
    expect(logOf(join(root, 'book'))).toBe('');
    git(root, 'init', '-q');
    for (const text of ['b', 'c']) {
      write('book/src/a.mdx', text);
      git(root, 'add', '.');
      git(root, ...identity, 'commit', '-qm', text);
    }
    git(root, 'clone', '-q', '--depth', '1', `file://${root}`, join(root, 'shallow'));
    expect(logOf(join(root, 'shallow/book'))).toBe('');
  });
});
