import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request } from 'express';

const ROOT = await mkdtemp(join(tmpdir(), 'file-uploads-'));
const MAX = 1_000_000;
const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** What the two ways have in common: a folder, and when it is of use. */
class Refused extends Error {}

// #region ways
type Save = (req: Request, folder: string) => Promise<void>;

/** Writes under the final name, and looks at it afterwards. */
const straight: Save = async (req, folder) => {
  const path = join(folder, `${randomUUID()}.png`);
  await pipeline(req, createWriteStream(path));
  if (!(await beginsAsPng(path))) throw new Refused();
};

/** Lets `max` bytes pass, and fails at the next one. */
function upTo(max: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > max ? new Refused() : null, chunk);
    },
  });
}

/** Writes next door; moves the file when all of it is there and right. */
const thenRename: Save = async (req, folder) => {
  const temporary = join(`${folder}.incoming`, randomUUID());
  try {
    const sink = createWriteStream(temporary, { flags: 'wx', flush: true });
    await pipeline(req, upTo(MAX), sink);
    if (!(await beginsAsPng(temporary))) throw new Refused();
    // In one file system a rename is all or nothing.
    await rename(temporary, join(folder, `${randomUUID()}.png`));
  } finally {
    // Also after an abort. What a crash leaves is removed by its age.
    await rm(temporary, { force: true });
  }
};

async function beginsAsPng(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.equals(PNG);
  } finally {
    await file.close();
  }
}
// #endregion ways

const ways: Record<string, Save> = { straight, thenRename };
const handled: Promise<unknown>[] = [];
let begun = () => {};
const app = express();
app.post('/:way', async (req, res) => {
  const { way } = req.params;
  const save = ways[way];
  assert(save);
  req.once('data', () => begun());
  const saving = save(req, join(ROOT, way));
  handled.push(saving.catch(() => undefined));
  try {
    await saving;
    res.sendStatus(201);
  } catch (error) {
    // Nobody is there to read it, if the connection was cut.
    if (!res.writable) return;
    res.set('Connection', 'close');
    res.sendStatus(error instanceof Refused ? 400 : 500);
  }
});
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const image = Buffer.concat([PNG, Buffer.alloc(500_000)]);
type Sending = (to: ReturnType<typeof request>) => void;
const sendings: [string, Sending][] = [
  ['an image', (to) => to.end(image)],
  ['HTML', (to) => to.end('<script>alert(1)</script>')],
  [
    'cut after a part',
    (to) => {
      begun = () => to.destroy();
      to.write(image.subarray(0, 100_000));
    },
  ],
  ['3 MB', (to) => to.end(Buffer.concat([PNG, Buffer.alloc(3 * MAX)]))],
];

/** How many files lie in the folder that is served, and in the other one. */
async function filesOf(way: string): Promise<number[]> {
  const folders = [join(ROOT, way), join(ROOT, `${way}.incoming`)];
  const lists = await Promise.all(folders.map((folder) => readdir(folder)));
  return lists.map((list) => list.length);
}

console.log('files afterwards'.padEnd(18), 'straight  thenRename  incoming');
const expected = [
  [1, 1, 0],
  [1, 0, 0],
  [1, 0, 0],
  [1, 0, 0],
];
for (const [i, [name, sending]] of sendings.entries()) {
  const counts: number[] = [];
  for (const way of Object.keys(ways)) {
    await rm(ROOT, { recursive: true, force: true });
    await mkdir(join(ROOT, way), { recursive: true });
    await mkdir(join(ROOT, `${way}.incoming`));
    begun = () => {};
    const outgoing = request({ port, path: `/${way}`, method: 'POST' });
    const over = new Promise<void>((resolve) => {
      outgoing.on('response', (response) => response.resume());
      outgoing.on('close', resolve);
      // The server hangs up on what it does not want.
      outgoing.on('error', () => undefined);
    });
    sending(outgoing);
    await over;
    await Promise.all(handled.splice(0));
    const [served = 0, incoming = 0] = await filesOf(way);
    counts.push(served, ...(way === 'thenRename' ? [incoming] : []));
  }
  const [a, b, c] = counts;
  console.log(name.padEnd(18), String(a).padEnd(9), String(b).padEnd(11), c);
  assert.deepEqual(counts, expected[i], name);
}

server.close();
server.closeAllConnections();
await once(server, 'close');
await rm(ROOT, { recursive: true });
