import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sandbox, type Outcome, type Watcher } from '../../../src/sandbox/client.ts';
import { LoadError } from '../../../src/sandbox/files.ts';
import type { Listener } from '../../../src/sandbox/frame-host.ts';
import { OUTPUT_LIMIT, type FromWorker, type Manifest, type ToWorker } from '../../../src/sandbox/protocol.ts';

const file = (path: string) => ({ path, bytes: 10, sha256: '' });
const manifest: Manifest = {
  runtime: 'runtime.js',
  modules: { zod: 'zod.js', pg: 'pg.js' },
  services: { postgres: ['postgres.js'], valkey: ['valkey.js'] },
  imports: {},
  assets: { 'postgres.js': ['pglite.wasm'] },
  files: Object.fromEntries(
    ['runtime.js', 'zod.js', 'pg.js', 'postgres.js', 'valkey.js', 'pglite.wasm'].map((name) => [name, file(name)]),
  ),
};
const ZOD = { entry: 'a.ts', sources: { 'a.ts': "import { z } from 'zod';\n" } };
const SQL = { entry: 'b.ts', sources: { 'b.ts': "import { Client } from 'pg';\n" } };

interface Fake {
  sent: ToWorker[];
  stopped: boolean;
  say(message: FromWorker | null): void;
  lost(reason: string): void;
}

/** A sandbox on files that arrive when they are let through, and on workers that a test speaks for. */
function sandboxWith({ missing = [] as string[], held = [] as string[] } = {}) {
  const workers: Fake[] = [];
  const gates = new Map(held.map((name) => [name, Promise.withResolvers<void>()]));
  const asked: string[] = [];
  const sandbox = new Sandbox(
    {
      listeners: new Set(),
      manifest: () => Promise.resolve(manifest),
      async file(name) {
        asked.push(name);
        await gates.get(name)?.promise;
        if (missing.includes(name)) throw new LoadError(`${name} could not be loaded.`);
        return name.endsWith('.js') ? '0123456789' : new Blob(['0123456789']);
      },
    },
    {
      open: () => {},
      start(_manifest, listener: Listener) {
        const fake: Fake = { sent: [], stopped: false, say: (m) => listener.say(m), lost: (r) => listener.lost(r) };
        return Promise.resolve(workers.push(fake));
      },
      send: (worker, message) => workers[worker - 1]?.sent.push(message),
      stop: (worker) => void (workers[worker - 1]!.stopped = true),
    },
  );
  return { sandbox, workers, asked, let: (name: string) => gates.get(name)?.resolve() };
}

function watcher() {
  const seen: { phases: string[]; loaded: string[]; printed: string; ends: Outcome[] } = {
    phases: [],
    loaded: [],
    printed: '',
    ends: [],
  };
  const watch: Watcher = {
    phase: (phase) => seen.phases.push(phase),
    loading: (loaded, total) => seen.loaded.push(`${loaded} of ${total}`),
    output: (chunks) => (seen.printed += chunks.map(([, text]) => text).join('')),
    end: (outcome) => seen.ends.push(outcome),
  };
  return { watch, seen };
}

/** Lets every promise that is due go on. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const typesOf = (fake: Fake | undefined) => fake?.sent.map(({ type }) => type);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a run hands the worker the program and each file that it needs, once', async () => {
  const { sandbox, workers, asked } = sandboxWith();
  const { watch, seen } = watcher();
  sandbox.run(ZOD, watch);
  await settle();
  const [run, ...files] = workers[0]?.sent ?? [];
  expect(run).toMatchObject({ type: 'run', program: ZOD, services: [], modules: ['zod'] });
  expect(files.map((one) => one.type === 'file' && one.name)).toEqual(['runtime.js', 'zod.js']);
  expect(asked).not.toContain('pglite.wasm');
  workers[0]?.say({ type: 'need', name: 'zod.js' });
  await settle();
  expect(typesOf(workers[0])).toEqual(['run', 'file', 'file']);
  expect(seen.loaded.at(-1)).toBe('20 of 20');
});

test('what a worker does is told once all its files are there', async () => {
  const { sandbox, workers, let: release } = sandboxWith({ held: ['pglite.wasm'] });
  const { watch, seen } = watcher();
  sandbox.run(SQL, watch);
  await settle();
  workers[0]?.say({ type: 'phase', phase: 'postgres' });
  expect(seen.phases).toEqual([]);
  release('pglite.wasm');
  await settle();
  expect(seen.phases).toEqual(['postgres']);
  workers[0]?.say({ type: 'phase', phase: 'running' });
  workers[0]?.say({ type: 'output', chunks: [['stdout', 'hello\n']] });
  workers[0]?.say({ type: 'end', code: 0 });
  expect(seen).toMatchObject({ phases: ['postgres', 'running'], printed: 'hello\n' });
  expect(seen.ends).toMatchObject([{ kind: 'ended', code: 0 }]);
  await settle();
  expect(workers[0]?.stopped).toBe(true);
});

test('a run ends once, whatever follows', async () => {
  const { sandbox, workers } = sandboxWith();
  const { watch, seen } = watcher();
  const run = sandbox.run(ZOD, watch);
  await settle();
  run.stop();
  run.stop();
  workers[0]?.say({ type: 'output', chunks: [['stdout', 'late']] });
  workers[0]?.say({ type: 'end', code: 0 });
  workers[0]?.lost('gone');
  await vi.advanceTimersByTimeAsync(120_000);
  expect(seen.ends).toMatchObject([{ kind: 'stopped', by: 'reader' }]);
  expect(seen.printed).toBe('');
});

test('a file that does not come, and a frame that is lost, are told as they are', async () => {
  const broken = sandboxWith({ missing: ['zod.js'] });
  const one = watcher();
  broken.sandbox.run(ZOD, one.watch);
  await settle();
  expect(one.seen.ends).toEqual([{ kind: 'broken', message: 'zod.js could not be loaded.' }]);
  expect(broken.workers[0]?.stopped).toBe(true);

  const { sandbox, workers } = sandboxWith();
  const two = watcher();
  sandbox.run(ZOD, two.watch);
  await settle();
  workers[0]?.lost('The sandbox stopped answering.');
  expect(two.seen.ends).toEqual([{ kind: 'broken', message: 'The sandbox stopped answering.' }]);
});

test('servers that do not start and programs that do not end are stopped after a minute', async () => {
  const { sandbox, workers } = sandboxWith();
  const [one, two] = [watcher(), watcher()];
  sandbox.run(SQL, one.watch);
  sandbox.run(ZOD, two.watch);
  await settle();
  await vi.advanceTimersByTimeAsync(59_000);
  workers[1]?.say({ type: 'phase', phase: 'running' });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(one.seen.ends).toMatchObject([{ kind: 'stopped', by: 'limit' }]);
  expect(two.seen.ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(two.seen.ends).toMatchObject([{ kind: 'stopped', by: 'limit' }]);
});

test('forged messages get nothing: no file outside of the bundle, no end of the page’s limits', async () => {
  const { sandbox, workers } = sandboxWith();
  const { watch, seen } = watcher();
  sandbox.run(ZOD, watch);
  await settle();
  const forged = [
    null,
    7,
    'end',
    {},
    { type: 'need' },
    { type: 'output', chunks: 'x' },
    { type: 'output', chunks: [7] },
  ];
  for (const message of forged) workers[0]?.say(message as FromWorker);
  for (const name of ['../index.html', 'constructor', '__proto__']) workers[0]?.say({ type: 'need', name });
  await settle();
  const answers = workers[0]?.sent.slice(3);
  expect(answers?.map((one) => one.type === 'file' && one.content)).toEqual([null, null, null]);
  for (let at = 0; at < 100; at++) workers[0]?.say({ type: 'output', chunks: [['stdout', 'x'.repeat(10_000)]] });
  expect(seen.printed.length).toBe(OUTPUT_LIMIT.characters + 200);
  expect(seen.ends).toEqual([]);
});

test('a worker that was made ready takes the program that wants the same, and no other', async () => {
  const { sandbox, workers } = sandboxWith();
  sandbox.warm(SQL);
  sandbox.warm(SQL);
  await settle();
  expect(typesOf(workers[0])?.[0]).toBe('warm');
  sandbox.run(ZOD, watcher().watch);
  sandbox.run(SQL, watcher().watch);
  sandbox.run(SQL, watcher().watch);
  await settle();
  expect(workers).toHaveLength(3);
  const runs = workers.map(({ sent }) => sent.find((one) => one.type === 'run')?.program.entry);
  expect(runs).toEqual(['b.ts', 'a.ts', 'b.ts']);
});

test('a worker that was made ready for something else is dropped, and one that broke is not used', async () => {
  const { sandbox, workers } = sandboxWith();
  sandbox.warm(SQL);
  await settle();
  sandbox.warm(ZOD);
  await settle();
  expect(workers.map(({ stopped }) => stopped)).toEqual([true, false]);
  workers[1]?.say({ type: 'broken', message: 'no memory' });
  const { watch, seen } = watcher();
  sandbox.run(ZOD, watch);
  await settle();
  expect(workers).toHaveLength(3);
  workers[2]?.say({ type: 'end', code: 0 });
  expect(seen.ends).toMatchObject([{ kind: 'ended', code: 0 }]);
});
