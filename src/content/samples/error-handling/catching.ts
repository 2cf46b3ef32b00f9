import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { z } from 'zod';

/** How often the payment provider was asked, and which charges are locked. */
let tries = 0;
const locks = new Set<string>();
const logged: string[] = [];
const log = (line: string) => void logged.push(line);

const provider = express();
provider.post('/no-answer', () => void (tries += 1));
provider.post('/half-answer', (_req, res) => {
  tries += 1;
  res.type('json').write('{"id":');
});
provider.post('/down-twice', (_req, res) => {
  tries += 1;
  if (tries < 3) res.status(503).json({});
  else res.json({ id: 'ch_1' });
});
provider.post('/declines', (_req, res) => {
  tries += 1;
  res.status(402).json({});
});
provider.post('/new-format', (_req, res) => {
  tries += 1;
  res.json({ charge: { id: 'ch_1' } });
});

async function listening(app: Express) {
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://localhost:${port}` };
}
const { server: providing, url: PROVIDER } = await listening(provider);

// #region catching
const send = (path: string) =>
  fetch(PROVIDER + path, {
    method: 'POST',
    headers: { 'Idempotency-Key': `order-17${path}` },
    signal: AbortSignal.timeout(400), // fetch would wait for minutes
  });

/** Logs and throws, logs and hides: a catch because one should. */
async function payCareless(path: string): Promise<string | null> {
  try {
    locks.add(path);
    const id = await send(path)
      .then((response) => response.text())
      .then(idIn)
      .catch((error: unknown) => {
        log(`charge failed: ${String(error)}`);
        throw error;
      });
    locks.delete(path);
    return id;
  } catch (error) {
    log(`payment failed: ${String(error)}`);
    return null;
  }
}

class ProviderError extends Error {
  override name = 'ProviderError';
  /** The provider's status; 504 stands for no answer. */
  readonly status: number;
  constructor(status: number, options?: ErrorOptions) {
    super(`payment provider: ${status}`, options);
    this.status = status;
  }
}

/** To say what was tried. What happened is kept as the cause. */
async function charge(path: string): Promise<string> {
  const noAnswer = (cause: unknown) => {
    throw new ProviderError(504, { cause });
  };
  const response = await send(path).catch(noAnswer);
  const body = await response.text().catch(noAnswer); // ends late, or never
  if (!response.ok) throw new ProviderError(response.status);
  return idIn(body);
}

/** To try again: what may pass, what may be repeated, and not for ever. */
async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(); // without await, nothing is caught here
    } catch (error) {
      const mayPass = error instanceof ProviderError && error.status >= 500;
      if (!mayPass || attempt === 3) throw error;
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}

/** To translate: a refusal is an answer. To clean up, whatever happens. */
async function pay(path: string): Promise<string | null> {
  locks.add(path);
  try {
    return await withRetry(() => charge(path));
  } catch (error) {
    const isRefusal = error instanceof ProviderError && error.status === 402;
    if (isRefusal) return null;
    throw error;
  } finally {
    locks.delete(path);
  }
}
// #endregion catching

/** The fault of the last case: the code knows one format alone. */
function idIn(body: string): string {
  return z.object({ id: z.string() }).parse(JSON.parse(body)).id;
}

const app = express();
app.post('/careless/:path', async (req, res) => {
  res.json({ id: await payCareless(`/${req.params.path}`) });
});
app.post('/careful/:path', async (req, res) => {
  const id = await pay(`/${req.params.path}`);
  res.status(id ? 200 : 402).json({ id });
});

/** The one place that logs: each error once, with its causes. */
const reply: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  log(namesOf(error));
  const isForeseen = error instanceof ProviderError;
  res.status(isForeseen ? 503 : 500).json({});
};
app.use(reply);

function namesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause ? `${error.name} (${namesOf(error.cause)})` : error.name;
}

const { server, url } = await listening(app);
const expected = [
  // provider, way, answer, tries, lock, log
  ['no-answer', 'careless', '200 null', '1', 'held', '2'],
  [
    ...['no-answer', 'careful', '503', '3', 'free'],
    '1: ProviderError (TimeoutError)',
  ],
  ['half-answer', 'careless', '200 null', '1', 'held', '2'],
  [
    ...['half-answer', 'careful', '503', '3', 'free'],
    '1: ProviderError (TimeoutError)',
  ],
  ['down-twice', 'careless', '200 null', '1', 'held', '2'],
  ['down-twice', 'careful', '200 ch_1', '3', 'free', '0'],
  ['declines', 'careless', '200 null', '1', 'held', '2'],
  ['declines', 'careful', '402', '1', 'free', '0'],
  ['new-format', 'careless', '200 null', '1', 'held', '2'],
  ['new-format', 'careful', '500', '1', 'free', '1: ZodError'],
];
const WIDTHS = [11, 8, 8, 5, 4, 0];
const line = (cells: string[]) =>
  console.log(cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join(' '));
line(['provider', 'way', 'answer', 'tries', 'lock', 'log lines']);

for (const row of expected) {
  const [path, way] = row;
  tries = 0;
  logged.length = 0;
  const response = await fetch(`${url}/${way}/${path}`, { method: 'POST' });
  const { id } = z
    .object({ id: z.string().nullish() })
    .parse(await response.json());
  const answer = response.ok
    ? `${response.status} ${id}`
    : `${response.status}`;
  const lock = locks.delete(`/${path}`) ? 'held' : 'free';
  const names =
    way === 'careful' && logged.length > 0 ? `: ${logged.join()}` : '';
  const seen = [answer, String(tries), lock, `${logged.length}${names}`];
  line([...row.slice(0, 2), ...seen]);
  assert.deepEqual(seen, row.slice(2));
}

providing.close();
server.close();
await Promise.all([once(providing, 'close'), once(server, 'close')]);
