import assert from 'node:assert/strict';
import { pbkdf2, pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { serialize } from 'node:v8';
import { runInNewContext } from 'node:vm';
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
/** What postMessage had to copy for us, in the last job. */
let copied = 0;

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
  copied = serialize(result).byteLength; // counted for this page
  await worker.terminate();
  return result;
}

if (!isMainThread) {
  const { bytes, answer } = workerData as Order;
  const rows = parsed(bytes);
  parentPort?.postMessage(answer === 'rows' ? rows : sumOf(rows));
}

const ROUNDS = 300_000;
const hash = promisify(pbkdf2);

const jobs: Record<string, () => unknown> = {
  'hash, Sync': () => pbkdf2Sync('a password', 'salt', ROUNDS, 32, 'sha256'),
  'hash, async': () => hash('a password', 'salt', ROUNDS, 32, 'sha256'),
  'JSON, here': () => sumOf(parsed(upload())),
  'JSON, worker, rows': async () => sumOf(await inWorker<Row[]>('rows')),
  'JSON, worker, sum': () => inWorker<number>('sum'),
};

/** How often everybody else has a turn while a job is done. */
async function turnsDuring(job: () => unknown): Promise<number> {
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    for (await turn(); !isOver; await turn()) turns += 1;
  })();
  await job();
  isOver = true;
  await others;
  return turns;
}

/** How many of the hashes end before one look at a file. */
async function endedBeforeStat(hashes: number): Promise<number> {
  let ended = 0;
  const running = Array.from({ length: hashes }, async () => {
    await hash('a password', 'salt', ROUNDS, 32, 'sha256');
    ended += 1;
  });
  await stat(import.meta.filename);
  const before = ended;
  await Promise.all(running);
  return before;
}

/** Whether 40 letters and a mismatch fit; V8 can stop what takes too long. */
function tried(pattern: RegExp, timeout: number): string {
  const text = `${'a'.repeat(40)}!`;
  try {
    const code = 'pattern.test(text)';
    const fits: unknown = runInNewContext(code, { pattern, text }, { timeout });
    return fits === true ? 'match' : 'no match';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return 'stopped';
  }
}
// #endregion off

const ROWS = 20_000;
let text: Uint8Array | undefined;
/** A body as it came from a client, in a buffer of its own. */
function upload(): Uint8Array<ArrayBuffer> {
  text ??= new TextEncoder().encode(
    JSON.stringify(Array.from({ length: ROWS }, (_, id) => ({ id, cents: 5 }))),
  );
  return text.slice();
}

if (isMainThread) {
  console.log('job                 turns of others  copied to our thread');
  for (const [name, job] of Object.entries(jobs)) {
    copied = 0;
    const turns = await turnsDuring(job);
    const isHere = name === 'hash, Sync' || name === 'JSON, here';
    const had = isHere ? 'none' : 'more than 10';
    const bytes = copied === 0 ? 'nothing' : `${copied} bytes`;
    console.log(name.padEnd(19), had.padEnd(16), bytes);
    assert.equal(turns === 0, isHere);
    assert.equal(turns > 10, !isHere);
    // Ten bytes at least for each row, or nothing to speak of.
    if (name.endsWith('rows')) assert(copied > 10 * ROWS);
    else assert(copied < 10);
  }

  const beside = [await endedBeforeStat(3), await endedBeforeStat(4)];
  console.log('\nhashes at once  a look at a file comes');
  for (const [at, before] of beside.entries()) {
    const when = before === 0 ? 'before them' : 'after one of them';
    console.log(String(at + 3).padEnd(15), when);
    assert.equal(before > 0, at === 1);
  }

  console.log('\npattern    40 letters and an exclamation mark');
  const [nested, separated] = [
    tried(/^(?:\w+\s?)*$/, 100),
    tried(/^\w+(?:\s\w+)*\s?$/, 10_000),
  ];
  console.log('nested    ', nested);
  console.log('separated ', separated);
  assert.deepEqual([nested, separated], ['stopped', 'no match']);
}
