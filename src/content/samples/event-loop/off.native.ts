import assert from 'node:assert/strict';
import { pbkdf2, pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} from 'node:worker_threads';

interface Row {
  id: number;
  cents: number;
}
interface Order {
  bytes: Uint8Array<ArrayBuffer>;
  answer: 'rows' | 'sum';
}

const sumOf = (rows: Row[]) => rows.reduce((sum, { cents }) => sum + cents, 0);
const parsed = (bytes: Uint8Array) =>
  JSON.parse(new TextDecoder().decode(bytes)) as Row[];

// #region off
/** A thread reads the text; what it answers has to be copied to ours. */
async function inWorker<T>(answer: Order['answer']): Promise<T> {
  const bytes = upload();
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { bytes, answer } satisfies Order,
    transferList: [bytes.buffer], // given away, not copied
  });
  assert.equal(bytes.byteLength, 0); // ours no more
  const [result] = (await once(worker, 'message')) as [T];
  await worker.terminate();
  return result;
}

if (!isMainThread) {
  const { bytes, answer } = workerData as Order;
  const rows = parsed(bytes);
  parentPort?.postMessage(answer === 'rows' ? rows : sumOf(rows));
}

const ROUNDS = 1_500_000;
const hash = promisify(pbkdf2);

const jobs: Record<string, () => unknown> = {
  'hash, Sync': () => pbkdf2Sync('a password', 'salt', ROUNDS, 32, 'sha256'),
  'hash, async': () => hash('a password', 'salt', ROUNDS, 32, 'sha256'),
  'JSON, here': () => sumOf(parsed(upload())),
  'JSON, worker, rows': async () => sumOf(await inWorker<Row[]>('rows')),
  'JSON, worker, sum': () => inWorker<number>('sum'),
};

/** The longest that the loop stood still while a job was done, in ms. */
async function longestStop(job: () => unknown): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await sleep(50); // the loop runs, and the monitor's timer with it
  await job();
  await sleep(50);
  delay.disable();
  return delay.max / 1e6; // from nanoseconds
}

/** How many of the hashes end before one look at a file. */
async function endedBeforeStat(hashes: number): Promise<number> {
  let ended = 0;
  const running = Array.from({ length: hashes }, async () => {
    await hash('a password', 'salt', ROUNDS / 3, 32, 'sha256');
    ended += 1;
  });
  await stat(import.meta.filename);
  const before = ended;
  await Promise.all(running);
  return before;
}
// #endregion off

const ROWS = 500_000;
let text: Uint8Array | undefined;
/** A body as it came from a client, in a buffer of its own. */
function upload(): Uint8Array<ArrayBuffer> {
  text ??= new TextEncoder().encode(
    JSON.stringify(Array.from({ length: ROWS }, (_, id) => ({ id, cents: 5 }))),
  );
  return text.slice();
}

if (isMainThread) {
  upload();
  const stops = new Map<string, number>();
  for (const [name, job] of Object.entries(jobs)) {
    // The better of two: others use this machine as well.
    const twice = [await longestStop(job), await longestStop(job)];
    stops.set(name, Math.min(...twice));
  }
  console.log(
    'job                 the loop stood still, of the job on the loop',
  );
  for (const [name, stop] of stops) {
    const here = name.startsWith('hash') ? 'hash, Sync' : 'JSON, here';
    const share = stop / (stops.get(here) ?? 0);
    const most = share > 0.5 ? 'more than half' : 'less than half';
    console.log(name.padEnd(19), name === here ? 'all' : most);
    const isBad = name === here || name.endsWith('rows');
    assert.equal(share > 0.5, isBad, `${name}: ${share}`);
  }
  const beside = [await endedBeforeStat(3), await endedBeforeStat(4)];
  console.log('\nhashes at once  a look at a file comes');
  for (const [at, before] of beside.entries()) {
    const when = before === 0 ? 'before them' : 'after one of them';
    console.log(String(at + 3).padEnd(15), when);
    assert.equal(before > 0, at === 1);
  }
}
