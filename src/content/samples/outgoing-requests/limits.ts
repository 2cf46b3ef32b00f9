import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const KIB = 1024;

// #region limits
class TooLarge extends Error {}

/** The text of a body of at most `limit` bytes, whatever was promised. */
async function textOf(response: Response, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by an exception cancels the body as well.
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > limit) throw new TooLarge(`over ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

const careful = async (url: string, deadline = 10_000) =>
  textOf(
    await fetch(url, {
      redirect: 'error',
      // For all of it: connecting, waiting, and reading the body.
      signal: AbortSignal.timeout(deadline),
    }),
    256 * KIB,
  );

/** Its size is the other side's choice, and so is how long it takes. */
const trusting = async (url: string) => (await fetch(url)).text();
// #endregion limits

const open = new Set<() => void>();
const server = createServer((req, res) => {
  if (req.url === '/large') return void res.end('x'.repeat(8 * KIB * KIB));
  if (req.url === '/small') return void res.end('x'.repeat(KIB));
  // A first byte at once, and then one now and then, for ever.
  res.write('x');
  const timer = setInterval(() => res.write('x'), 50);
  const stop = () => {
    clearInterval(timer);
    open.delete(stop);
  };
  open.add(stop);
  res.on('close', stop);
}).listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function outcome(load: (url: string) => Promise<string>, path: string) {
  try {
    const text = await load(`http://localhost:${port}${path}`);
    return `${text.length / KIB} KiB in memory`;
  } catch (error) {
    if (error instanceof TooLarge) return error.message;
    if (error instanceof Error) return error.name;
    throw error;
  }
}

const results: Record<string, string> = {
  'trusting /small': await outcome(trusting, '/small'),
  'trusting /large': await outcome(trusting, '/large'),
  'careful /small': await outcome(careful, '/small'),
  'careful /large': await outcome(careful, '/large'),
  // Nobody wants to wait for ten seconds here.
  'careful /drip': await outcome((url) => careful(url, 500), '/drip'),
};
for (const [name, result] of Object.entries(results))
  console.log(`${name.padEnd(17)}${result}`);
assert.deepEqual(results, {
  'trusting /small': '1 KiB in memory',
  'trusting /large': '8192 KiB in memory',
  'careful /small': '1 KiB in memory',
  'careful /large': 'over 262144 bytes',
  'careful /drip': 'TimeoutError',
});

server.close();
for (const stop of open) stop();
server.closeAllConnections();
await once(server, 'close');
