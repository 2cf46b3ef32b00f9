import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FrameHost, type Listener } from '../../../src/sandbox/frame-host.ts';
import type { Manifest, ToFrame } from '../../../src/sandbox/protocol.ts';

const manifest = { runtime: 'runtime.js', imports: { 'runtime.js': ['a.js'] } } as unknown as Manifest;

/** A page whose frames are loaded when `say` says so, and what was posted to them. */
function pageWithFrames() {
  const frames: { url: string; posted: ToFrame[]; removed: boolean; say(data: unknown): void }[] = [];
  const host = new FrameHost('https://site/_sandbox/frame.html', (url, hear) => {
    const frame = { url, posted: [] as ToFrame[], removed: false, say: hear };
    frames.push(frame);
    return { post: (message) => frame.posted.push(message), remove: () => (frame.removed = true) };
  });
  return { host, frames };
}

/** A listener that writes down what it hears. */
function notes(): Listener & { heard: unknown[] } {
  const heard: unknown[] = [];
  return { heard, say: (message) => heard.push(message), lost: (reason) => heard.push({ lost: reason }) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a frame is put into the page when it is first needed, and once', async () => {
  const { host, frames } = pageWithFrames();
  expect(frames).toHaveLength(0);
  host.open();
  const started = [host.start(manifest, notes()), host.start(manifest, notes())];
  expect(frames).toHaveLength(1);
  frames[0]?.say({ type: 'ready' });
  expect(await Promise.all(started)).toEqual([1, 2]);
  expect(frames[0]?.posted[0]).toEqual({
    type: 'start',
    run: 1,
    base: 'https://site/_sandbox/',
    runtime: 'runtime.js',
    imports: { 'runtime.js': ['a.js'] },
  });
});

test('a worker hears what its own run says, and no other; nonsense is passed over', async () => {
  const { host, frames } = pageWithFrames();
  const [one, two] = [notes(), notes()];
  const started = Promise.all([host.start(manifest, one), host.start(manifest, two)]);
  frames[0]?.say({ type: 'ready' });
  await started;
  frames[0]?.say({ type: 'said', run: 2, message: { type: 'warm' } });
  for (const data of [null, undefined, 7, 'said', {}, { type: 'said', run: 99, message: null }]) frames[0]?.say(data);
  expect(one.heard).toEqual([]);
  expect(two.heard).toEqual([{ type: 'warm' }]);
});

test('nothing is sent to a worker that was stopped, and nothing is heard of it', async () => {
  const { host, frames } = pageWithFrames();
  const listener = notes();
  const started = host.start(manifest, listener);
  frames[0]?.say({ type: 'ready' });
  const run = await started;
  host.stop(run);
  host.stop(run);
  host.send(run, { type: 'file', name: 'a.js', content: '' });
  frames[0]?.say({ type: 'said', run, message: { type: 'warm' } });
  expect(frames[0]?.posted.map(({ type }) => type)).toEqual(['start', 'stop']);
  expect(listener.heard).toEqual([]);
});

test('a frame that does not load is said to be, and the next run tries a new one', async () => {
  const { host, frames } = pageWithFrames();
  const failed = expect(host.start(manifest, notes())).rejects.toThrow('could not be loaded');
  await vi.advanceTimersByTimeAsync(20_000);
  await failed;
  expect(frames[0]?.removed).toBe(true);
  const started = host.start(manifest, notes());
  expect(frames).toHaveLength(2);
  frames[1]?.say({ type: 'ready' });
  expect(await started).toBe(1);
});

test('a frame that falls silent is given up with all its workers; one that answers is not', async () => {
  const { host, frames } = pageWithFrames();
  const [one, two] = [notes(), notes()];
  const started = Promise.all([host.start(manifest, one), host.start(manifest, two)]);
  frames[0]?.say({ type: 'ready' });
  await started;
  for (let second = 0; second < 30; second += 2) {
    await vi.advanceTimersByTimeAsync(2_000);
    expect(frames[0]?.posted.at(-1)).toEqual({ type: 'ping' });
    frames[0]?.say({ type: 'pong' });
  }
  expect(one.heard).toEqual([]);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(one.heard).toEqual([{ lost: expect.stringContaining('stopped answering') as string }]);
  expect(two.heard).toHaveLength(1);
  expect(frames[0]?.removed).toBe(true);
});

test('where no worker is left, no frame is asked whether it lives', async () => {
  const { host, frames } = pageWithFrames();
  const started = host.start(manifest, notes());
  frames[0]?.say({ type: 'ready' });
  host.stop(await started);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(frames[0]?.posted.map(({ type }) => type)).toEqual(['start', 'stop']);
  expect(frames[0]?.removed).toBe(false);
});
