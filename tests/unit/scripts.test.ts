import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildDigest, isBuilt, noteBuild } from '../../scripts/lib/build.mjs';
import { installDigest, isInstalled } from '../../scripts/lib/install.mjs';
import { complaintAbout, pinnedEnvironment, pinnedNode } from '../../scripts/lib/pinned-node.mjs';
import { inWords, resultOfCheck, resultOfPlaywright, resultOfVitest, sumOf } from '../../scripts/lib/report.mjs';
import { writeStamp } from '../../scripts/lib/stamp.mjs';
import { STEPS, stepsFor } from '../../scripts/lib/steps.mjs';
import { freePort, startServer, type SiteServer } from '../../scripts/serve.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'handbook-scripts-'))));
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('an installation', () => {
  const packages = {
    '': { dependencies: { zod: '4.6.7' } },
    'node_modules/zod': { version: '4.6.7' },
    'node_modules/fsevents': { version: '2.3.3', optional: true },
  };

  beforeEach(() => {
    write('package.json', { dependencies: { zod: '4.6.7' }, scripts: { start: 'node a.mjs' } });
    write('package-lock.json', { packages });
    mkdirSync(dirname(pinnedNode(root)), { recursive: true });
    symlinkSync(process.execPath, pinnedNode(root));
  });

  test('is missing in a fresh clone', () => {
    rmSync(join(root, 'node_modules'), { recursive: true });
    expect(isInstalled(root)).toBe(false);
  });

  test('is in step until the lock file changes', () => {
    writeStamp(root, 'install', installDigest(root));
    expect(isInstalled(root)).toBe(true);
    write('package-lock.json', { packages: { ...packages, 'node_modules/pg': { version: '8.23.1' } } });
    expect(isInstalled(root)).toBe(false);
  });

  test('is out of step when a dependency changes, and not when a script does', () => {
    writeStamp(root, 'install', installDigest(root));
    write('package.json', { dependencies: { zod: '4.6.7' }, scripts: { start: 'node b.mjs' } });
    expect(isInstalled(root)).toBe(true);
    write('package.json', { dependencies: { zod: '4.6.8' } });
    expect(isInstalled(root)).toBe(false);
  });

  test('is out of step on another machine', () => {
    expect(installDigest(root, ['darwin', 'arm64'])).not.toBe(installDigest(root, ['linux', 'arm64']));
  });

  test('made by hand is accepted, without packages for other machines', () => {
    write('node_modules/.package-lock.json', {});
    write('node_modules/zod/package.json', { version: '4.6.7' });
    expect(isInstalled(root)).toBe(true);
  });

  test('made by hand and broken off, or from another lock file, is not', () => {
    write('node_modules/zod/package.json', { version: '4.6.7' });
    expect(isInstalled(root)).toBe(false);
    write('node_modules/.package-lock.json', {});
    write('node_modules/zod/package.json', { version: '4.6.6' });
    expect(isInstalled(root)).toBe(false);
    rmSync(join(root, 'node_modules/zod'), { recursive: true });
    expect(isInstalled(root)).toBe(false);
  });

  test('without the pinned Node is none', () => {
    writeStamp(root, 'install', installDigest(root));
    rmSync(pinnedNode(root));
    expect(isInstalled(root)).toBe(false);
  });
});

describe('a build', () => {
  beforeEach(() => {
    write('src/pages/index.astro', '<h1>One</h1>');
    write('public/robots.txt', 'User-agent: *');
    write('dist/index.html', '<h1>One</h1>');
    noteBuild(root, buildDigest(root, {}));
  });

  test('is up to date until a page changes', () => {
    expect(isBuilt(root, {})).toBe(true);
    write('src/pages/index.astro', '<h1>Two</h1>');
    expect(isBuilt(root, {})).toBe(false);
  });

  test('is out of date when a file is added, renamed or deleted', () => {
    write('public/favicon.svg', '<svg/>');
    expect(isBuilt(root, {})).toBe(false);
    rmSync(join(root, 'public/favicon.svg'));
    expect(isBuilt(root, {})).toBe(true);
    rmSync(join(root, 'public/robots.txt'));
    write('public/robots2.txt', 'User-agent: *');
    expect(isBuilt(root, {})).toBe(false);
  });

  test('is out of date for another address', () => {
    expect(isBuilt(root, { BASE_PATH: '/handbook' })).toBe(false);
    expect(isBuilt(root, { SITE_URL: 'https://handbook.example' })).toBe(false);
  });

  test('does not depend on the generated Prisma client, or on what no page is made from', () => {
    write('src/content/samples/prisma/client/client.ts', 'export {}');
    write('README.md', 'Read me');
    expect(isBuilt(root, {})).toBe(true);
  });

  test('is missing without dist/', () => {
    rmSync(join(root, 'dist'), { recursive: true });
    expect(isBuilt(root, {})).toBe(false);
  });

  test('by another command is not taken for ours', () => {
    utimesSync(join(root, 'dist/index.html'), new Date(0), new Date(0));
    expect(isBuilt(root, {})).toBe(false);
  });
});

describe('the pinned Node', () => {
  test('comes before any other, however PATH is spelled', () => {
    const { Path } = pinnedEnvironment(root, { Path: '/usr/bin' }) as unknown as { Path: string };
    expect(Path.startsWith(dirname(pinnedNode(root)))).toBe(true);
    expect(Path.endsWith('/usr/bin')).toBe(true);
  });

  test('may be started by Node 20, and not by an older one', () => {
    expect(complaintAbout('18.20.4')).toContain('Node 20 or later');
    expect(complaintAbout('20.0.0')).toBeUndefined();
  });
});

describe('the count', () => {
  const file = (status: string, ...statuses: string[]) => ({
    name: 'a.test.ts',
    status,
    assertionResults: statuses.map((each) => ({ status: each, fullName: `a test that ${each}` })),
  });
  const run = (...testResults: unknown[]) => ({ testResults });
  const counted = ({ passed, failed }: { passed: number; failed: number }) => ({ passed, failed });

  test('takes what Vitest reports', () => {
    const report = run(file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed'));
    expect(resultOfVitest(report, 1)).toEqual({ passed: 3, failed: 1, notes: [] });
  });

  test('takes a skipped test for a failed one, and names it', () => {
    const result = resultOfVitest(run(file('passed', 'passed', 'skipped', 'todo')), 0);
    expect(counted(result)).toEqual({ passed: 1, failed: 2 });
    expect(result.notes[0]).toBe('skipped, which counts as failed: a test that skipped');
  });

  test('names what needs a server that this machine has not, and counts it neither way', () => {
    const absent = 'a program needs what this machine has not: a.native.ts';
    const tests = [
      { status: 'passed', fullName: 'a test' },
      { status: 'skipped', fullName: absent },
    ];
    const result = resultOfVitest(run({ name: 'a.test.ts', status: 'passed', assertionResults: tests }), 0);
    expect(result).toEqual({ passed: 1, failed: 0, notes: [`not run: ${absent}`] });
  });

  test('takes a file that could not be loaded for one failure', () => {
    expect(counted(resultOfVitest(run(file('passed', 'passed'), file('failed')), 1))).toEqual({ passed: 1, failed: 1 });
  });

  test('takes a crash, an error beside the tests and a run of no tests for one failure each', () => {
    expect(counted(resultOfVitest(undefined, 134))).toEqual({ passed: 0, failed: 1 });
    expect(counted(resultOfVitest(run(file('passed', 'passed')), 1))).toEqual({ passed: 1, failed: 1 });
    expect(counted(resultOfVitest(run(), 0))).toEqual({ passed: 0, failed: 1 });
    expect(resultOfVitest(run(), 1).notes).toEqual(['ended before its first test; its output is above']);
    expect(counted(resultOfPlaywright(undefined, 1))).toEqual({ passed: 0, failed: 1 });
  });

  test('takes skipped and failed tests of Playwright for failed ones, and names what passed only when tried again', () => {
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
    const nested = [
      { specs: [spec('reads', 'expected')], suites: [{ specs: [spec('ticks', 'skipped'), spec('runs', 'flaky')] }] },
    ];
    const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 1 };
    const result = resultOfPlaywright({ stats, errors: [], suites: nested }, 1);
    expect(counted(result)).toEqual({ passed: 4, failed: 2 });
    expect(result.notes).toEqual(['skipped, which counts as failed: ticks', 'passed only when tried again: runs']);
  });

  test('counts an error that stopped Playwright', () => {
    const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
    expect(resultOfPlaywright({ stats, errors: [{ message: 'no server' }], suites: [] }, 1).failed).toBe(1);
  });

  test('adds up to the last line', () => {
    const sum = sumOf([resultOfCheck(0), resultOfCheck(2), { passed: 5, failed: 0, notes: [] }]);
    expect(inWords(sum)).toBe('6 passed, 1 failed');
  });
});

describe('the steps', () => {
  const namesFor = (...names: string[]) => stepsFor(names).map((step) => step.name);

  test('are all of them when none is named', () => {
    expect(stepsFor([])).toEqual(STEPS);
  });

  test('are those named, in their own order, with the build that they need', () => {
    expect(namesFor('samples', 'unit')).toEqual(['unit', 'samples']);
    expect(namesFor('browser')).toEqual(['build', 'browser']);
  });

  test('are listed when a name is wrong', () => {
    expect(() => stepsFor(['units'])).toThrow(/no step units\. There are: .*unit/);
  });
});

describe('the server', () => {
  let site: SiteServer;
  beforeEach(async () => {
    write('index.html', 'home');
    write('404.html', 'lost');
    write('api/pagination/index.html', 'a page');
    write('api/pagination.md', '# Größe');
    write('.well-known/agent-skills/index.json', {});
    write('skill/a.tar.gz', 'bytes');
    write('samples/keyset.ts', 'export {}');
    write('samples/keyset.out', 'page 1');
    site = await startServer({ root, base: '/handbook/', port: 0 });
  });
  afterEach(() => site.close());

  const fetched = (path: string) => fetch(new URL(path, site.url), { redirect: 'manual' });
  const typeOf = async (path: string) => (await fetched(path)).headers.get('content-type');

  test('serves pages under the base path, and sends the root there', async () => {
    expect(new URL(site.url).pathname).toBe('/handbook/');
    expect(await (await fetched('')).text()).toBe('home');
    expect(await (await fetched('api/pagination/')).text()).toBe('a page');
    for (const path of ['/', '/handbook']) {
      const answer = await fetched(path);
      expect([answer.status, answer.headers.get('location')]).toEqual([302, '/handbook/']);
    }
  });

  test.for(['missing/', '/index.html', '/handbook-2/', '../package.json', '..%2f..%2fetc/passwd', '%00', '%'])(
    'answers 404 with the page for it: %s',
    async (path) => {
      const answer = await fetched(path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toBe('lost');
    },
  );

  test('serves folders that begin with a dot', async () => {
    expect((await fetched('.well-known/agent-skills/index.json')).status).toBe(200);
  });

  test('says of each file what a reader is to make of it', async () => {
    expect(await typeOf('api/pagination.md')).toBe('text/markdown; charset=utf-8');
    expect(await typeOf('samples/keyset.ts')).toBe('text/plain; charset=utf-8');
    expect(await typeOf('samples/keyset.out')).toBe('text/plain; charset=utf-8');
  });

  test('hands out an archive as it is, not as a compressed page', async () => {
    const answer = await fetched('skill/a.tar.gz');
    expect(answer.headers.get('content-type')).toBe('application/gzip');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.text()).toBe('bytes');
  });
});

describe('a busy port', () => {
  let busy: Server;
  let port: number;
  beforeEach(async () => {
    busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, resolve));
    port = (busy.address() as AddressInfo).port;
  });
  afterEach(() => new Promise((resolve) => busy.close(resolve)));

  test('is passed over for one of the next', async () => {
    const free = await freePort(port);
    expect(free).toBeGreaterThan(port);
    expect(free).toBeLessThan(port + 100);
  });

  test('is refused where no other will do', async () => {
    await expect(startServer({ root, base: '', port })).rejects.toThrow('EADDRINUSE');
  });
});
