import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { authenticId, signatureOf } from './verify.ts';

const secret = randomBytes(32);
/** Hours pass in it while the program runs for a moment. */
let now = Date.now();
const clock = () => now;

// #region deliver
type Bytes = Buffer<ArrayBuffer>;
type Message = { id: string; url: string; body: Bytes };
type Outcome = { state: 'delivered' | 'disabled' | 'failed'; tries: number };

/** When to try again, in seconds: from at once to a day. */
const DELAYS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** `wait` puts the message back into a queue; it does not hold a process. */
async function deliver(
  { id, url, body }: Message,
  wait: (seconds: number) => Promise<void>,
): Promise<Outcome> {
  for (let tries = 1; ; tries += 1) {
    const status = await attempt(id, url, body);
    if (status >= 200 && status < 300) return { state: 'delivered', tries };
    // The receiver wants no more of it, ever.
    if (status === 410) return { state: 'disabled', tries };
    const delay = DELAYS[tries - 1];
    if (delay === undefined) return { state: 'failed', tries };
    // Up to a fifth more: those that failed together come back apart.
    await wait(delay * (1 + Math.random() / 5));
  }
}

/** One try: the id stays the same, the time is that of the try. */
async function attempt(id: string, url: string, body: Bytes) {
  const timestamp = String(Math.floor(clock() / 1000));
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatureOf(secret, id, timestamp, body),
    },
    body,
    // Whoever checked the host has not seen where it redirects to.
    redirect: 'manual',
    signal: AbortSignal.timeout(15_000),
  }).catch(() => undefined); // No answer: as good as a 503.
  await response?.body?.cancel();
  return response?.status ?? 503;
}

/** What one writes first: redirects are followed. */
async function postOnce({ url, body }: Message): Promise<Outcome> {
  const response = await fetch(url, { method: 'POST', body });
  return { state: response.ok ? 'delivered' : 'failed', tries: 1 };
}
// #endregion deliver

/** The admin interface, which trusts whoever is inside the network. */
let insideCalls = 0;
const inside = express();
inside.use((_req, res) => {
  insideCalls += 1;
  res.json({ secret: 'for the inside' });
});

/** How often each receiver was asked, under which ids, and signed how. */
const seen = new Map<string, { ids: Set<string>; authentic: number }>();
const receiver = express();
receiver.use(express.raw({ type: () => true }), (req, _res, next) => {
  const known = seen.get(req.path) ?? { ids: new Set(), authentic: 0 };
  seen.set(req.path, known);
  known.ids.add(req.get('webhook-id') ?? '');
  if (authenticId([secret], req.headers, req.body, now)) known.authentic += 1;
  next();
});
receiver.post('/healthy', (_req, res) => void res.sendStatus(204));
receiver.post('/busy', (req, res) => {
  const { authentic = 0 } = seen.get(req.path) ?? {};
  res.sendStatus(authentic < 3 ? 503 : 204);
});
receiver.post('/gone', (_req, res) => void res.sendStatus(410));
receiver.post('/broken', (_req, res) => void res.sendStatus(500));
receiver.post('/moved', (_req, res) => res.redirect(`${insideUrl}/users`));

const servers = await Promise.all(
  [inside, receiver].map(async (app) => {
    const server = app.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { server, url: `http://localhost:${port}` };
  }),
);
const [insideUrl = '', receiverUrl = ''] = servers.map(({ url }) => url);

console.log('receiver   outcome    tries  hours  ids  inside');
const expected: [string, string, number, number][] = [
  ['healthy', 'delivered', 1, 0],
  ['busy', 'delivered', 3, 0],
  ['gone', 'disabled', 1, 0],
  ['moved', 'failed', 10, 75],
  ['broken', 'failed', 10, 75],
];
const print = (...cells: unknown[]) => {
  const widths = [10, 10, 6, 6, 4, 0];
  console.log(...cells.map((c, i) => String(c).padEnd(widths[i] ?? 0)));
};
for (const [name, ...outcome] of expected) {
  let waited = 0;
  const { state, tries } = await deliver(
    {
      id: `evt_${name}`,
      url: `${receiverUrl}/${name}`,
      body: Buffer.from('{"type":"order.paid"}'),
    },
    (seconds) => {
      now += seconds * 1000;
      waited += seconds;
      return Promise.resolve();
    },
  );
  const { ids, authentic } = seen.get(`/${name}`) ?? { ids: new Set() };
  // Without the random part, which adds a fifth at most.
  const hours = DELAYS.slice(0, tries - 1).reduce((a, b) => a + b, 0) / 3600;
  assert(waited / 3600 >= hours && waited / 3600 <= hours * 1.2);
  print(name, state, tries, Math.floor(hours), ids.size, insideCalls);
  assert.deepEqual([state, tries, Math.floor(hours)], outcome);
  // One id for all tries; each with a time that the receiver takes.
  assert.deepEqual([ids.size, authentic], [1, tries]);
  assert.equal(insideCalls, 0);
}

const url = `${receiverUrl}/moved`;
const body = Buffer.from('{}');
const followed = await postOnce({ id: 'evt_1', url, body });
print('moved', followed.state, followed.tries, 0, '-', insideCalls);
console.log('(the last line is by postOnce)');
assert.deepEqual(followed, { state: 'delivered', tries: 1 });
assert.equal(insideCalls, 1);

for (const { server } of servers) {
  server.close();
  await once(server, 'close');
}
