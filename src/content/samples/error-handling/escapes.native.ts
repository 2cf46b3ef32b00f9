import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import express, {
  type ErrorRequestHandler,
  type RequestHandler,
} from 'express';

/** A dependency that fails a little later. */
async function load(): Promise<string> {
  await sleep(5);
  throw new Error('fault');
}

/** Emits an error where a listener hoped for `ready`. */
function openFeed(): EventEmitter {
  const feed = new EventEmitter();
  setTimeout(() => feed.emit('error', new Error('fault')), 5);
  return feed;
}

/** Two rows of three. */
async function* rows() {
  yield 'row 1\n';
  yield 'row 2\n';
  yield await load();
}

// #region pairs
const pairs: [name: string, bad: RequestHandler, good: RequestHandler][] = [
  [
    'promise not awaited',
    (_req, res) => {
      void load(); // pleases the linter, and catches nothing
      res.json('done');
    },
    async (_req, res) => {
      await load();
      res.json('done');
    },
  ],
  [
    'promise not returned',
    (_req, res) => {
      void load().then((order) => res.json(order));
    },
    async (_req, res) => {
      res.json(await load());
    },
  ],
  [
    'throw in a callback',
    (_req, res) => {
      setTimeout(() => res.json(JSON.parse('{')), 5);
    },
    async (_req, res) => {
      await sleep(5); // from node:timers/promises
      res.json(JSON.parse('{'));
    },
  ],
  [
    "emitter's 'error'",
    (_req, res) => {
      openFeed().once('ready', () => res.json('ready'));
    },
    async (_req, res) => {
      await once(openFeed(), 'ready'); // rejects on 'error'
      res.json('ready');
    },
  ],
  [
    'stream, piped',
    (_req, res) => {
      Readable.from(rows()).pipe(res);
    },
    async (_req, res) => {
      await pipeline(rows(), res);
    },
  ],
  [
    'stream, ended anyway',
    async (_req, res) => {
      try {
        for await (const row of rows()) res.write(row);
      } catch {
        // One row is missing, and nobody will know.
      }
      res.end();
    },
    async (_req, res) => {
      await pipeline(rows(), res);
    },
  ],
];
// #endregion pairs

/** Fails before its first row. */
async function* noRows() {
  yield await load();
}

const early: (typeof pairs)[number] = [
  'stream, no first row',
  async (_req, res) => {
    await pipeline(noRows(), res);
  },
  async (_req, res) => {
    const source = noRows();
    const first = await source.next();
    res.write(first.value ?? '');
    await pipeline(source, res);
  },
];

/** One server with one route, and a slow request of somebody else. */
async function serve(handler: RequestHandler) {
  const app = express();
  app.set('env', 'production');
  const bystander = new EventEmitter();
  app.get('/slow', async (_req, res) => {
    await once(bystander, 'answer');
    res.json('answered');
  });
  // By now the fault is long past, or this process is.
  app.get('/later', async (_req, res) => {
    await sleep(100);
    bystander.emit('answer');
    res.json('alive');
  });
  app.get('/', handler);
  const reply: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    res.status(500).json('handled');
  };
  app.use(reply);
  const server = app.listen(0);
  await once(server, 'listening');
  console.log((server.address() as AddressInfo).port);
}

/** What the client sees, becomes of the process, and of a request of others. */
async function trial(index: number, way: 'bad' | 'good') {
  const child = spawn(
    process.execPath,
    [import.meta.filename, String(index), way],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close');
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  const ask = async (path: string) => {
    const url = `http://localhost:${first.toString().trim()}${path}`;
    try {
      const response = await fetch(url);
      await response.text();
      return String(response.status);
    } catch {
      return 'cut';
    }
  };
  const slow = ask('/slow');
  const client = await ask('/');
  const alive = (await ask('/later')) === '200';
  const others = (await slow) === '200' ? 'served' : 'lost';
  if (alive) child.kill();
  const [code] = (await ended) as [number | null];
  if (!alive) assert.match(stderr, /fault|JSON/);
  // A handler that answers twice is itself the fault that is logged.
  assert.doesNotMatch(stderr, /ERR_HTTP_HEADERS_SENT/);
  return { client, process: alive ? 'runs' : `exit ${code}`, others };
}

const [index, way] = process.argv.slice(2);
if (index !== undefined) {
  const [, bad, good] = pairs[Number(index)] ?? early;
  await serve(way === 'bad' ? bad : good);
} else {
  const line = (name: string, cells: string[]) =>
    console.log((name.padEnd(22) + cells.join('')).trimEnd());
  const inColumns = (seen: Record<string, string>) =>
    Object.values(seen).map((cell) => cell.padEnd(8));
  const heads = { client: 'client', process: 'process', others: 'others' };
  line('', ['as it is written'.padEnd(24), 'repaired']);
  line('', [...inColumns(heads), ...inColumns(heads)]);

  for (const [number, [name]] of pairs.entries()) {
    const [bad, good] = await Promise.all([
      trial(number, 'bad'),
      trial(number, 'good'),
    ]);
    line(name, [...inColumns(bad), ...inColumns(good)]);
    const stream = name.startsWith('stream');
    const ended = name === 'stream, ended anyway';
    assert.equal(bad.process, ended ? 'runs' : 'exit 1');
    assert.equal(bad.others, ended ? 'served' : 'lost');
    const client = stream ? 'cut' : '500';
    assert.deepEqual(good, { client, process: 'runs', others: 'served' });
  }
  // The limit of the last repair: no 500 any more, though no byte was sent.
  const piped = await trial(pairs.length, 'bad');
  const repaired = await trial(pairs.length, 'good');
  assert.equal(piped.client, 'cut');
  assert.equal(repaired.client, '500');
}
