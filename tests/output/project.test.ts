import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytes, DIST } from './dist.ts';

const run = promisify(execFile);

let folder = '';
let project = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handbook-project-'));
  await run('tar', ['xzf', `${DIST}/start/one-request.tar.gz`, '-C', folder]);
  project = join(folder, 'one-request');
  // Stands for `npm install`, which takes the same versions from a registry.
  await symlink(join(process.cwd(), 'node_modules'), join(project, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a reader's shell has, with the Node.js that these tests run on. */
const env = (more: Record<string, string> = {}) => ({
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: process.env['HOME'],
  ...more,
});

test('the zip holds the same files as the tar', async () => {
  const entries = await readdir(project, { recursive: true, withFileTypes: true });
  const unpacked = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const zipped = unzipSync(bytes('start/one-request.zip'));
  expect(Object.keys(zipped).sort()).toEqual(unpacked.sort());
  for (const [path, content] of Object.entries(zipped)) {
    expect((await readFile(join(folder, path))).equals(content), path).toBe(true);
  }
});

test('its code is that of the page, byte for byte', async () => {
  for (const name of ['api.ts', 'orders.ts', 'guard.ts', 'catalogue.ts', 'problems.ts', 'cases.ts', 'seed.ts']) {
    const shown = await readFile(join('src/content/samples/one-request', name));
    expect((await readFile(join(project, 'src', name))).equals(shown), name).toBe(true);
  }
});

test('it names exact versions of what it needs, which are ours', async () => {
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  expect(Object.keys(dependencies)).toContain('express');
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    const installed = JSON.parse(await readFile(join('node_modules', name, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(version, name).toBe(installed.version);
  }
});

test('npm test passes its own tests', { timeout: 60_000 }, async () => {
  const { stdout } = await run('npm', ['test'], { cwd: project, env: env() });
  expect(stdout).toMatch(/^. pass [1-9]\d+$/m);
  expect(stdout).toMatch(/^. fail 0$/m);
});

test('npm run check finds no error in its types', { timeout: 120_000 }, async () => {
  const { stdout } = await run('npm', ['run', 'check'], { cwd: project, env: env() });
  expect(stdout).not.toContain('error TS');
});

test('npm start serves what it prints, and ends when it is told to', { timeout: 60_000 }, async () => {
  // Not by way of npm: a signal must reach the program itself.
  const server = spawn(process.execPath, ['src/main.ts'], { cwd: project, env: env({ PORT: '0' }) });
  const ended = once(server, 'exit');
  let request: RegExpExecArray | null = null;
  for await (const line of createInterface(server.stdout)) {
    request = /^curl -H "Authorization: (.*)" (http:.*)$/.exec(line);
    if (request) break;
  }
  try {
    const [, authorization = '', url = ''] = request ?? [];
    const answer = await fetch(url, { headers: { authorization } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('acme tea');
    expect((await fetch(url)).status).toBe(401);
  } finally {
    server.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});

test('npm start is that program', async () => {
  const { scripts } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['start']).toBe('node src/main.ts');
});
