import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';

type Answer = [status: number, headers?: Record<string, string>];
/** What one endpoint answers, request after request; then the last again. */
type Script = Answer[];

/** The same six events: once as people answer them, once as they should. */
const events: Record<string, { careless: Script; right: Script }> = {
  'slug is taken': { careless: [[500]], right: [[409]] },
  'no such user': { careless: [[200]], right: [[404]] },
  'token expired': {
    careless: [[403]],
    right: [[401, { 'WWW-Authenticate': 'Bearer' }], [200]],
  },
  'too busy': {
    careless: [[400]],
    right: [[503, { 'Retry-After': '30' }], [200]],
  },
  'has moved': {
    careless: [[301, { Location: '/new' }]],
    right: [[308, { Location: '/new' }]],
  },
  'takes a while': {
    careless: [[200]],
    right: [[202, { Location: '/export/17' }]],
  },
};

// #region client
type Outcome = 'done' | 'refused' | 'failed';

/** What a client is able to do besides. */
type Means = {
  send: (method: string, url: string) => Promise<Response>;
  signIn: () => Promise<void>;
  wait: (seconds: number) => Promise<void>;
};

/** Knows nothing of an API but its statuses, as most clients do. */
async function outcomeOf(url: string, means: Means): Promise<Outcome> {
  let method = 'POST';
  let signedIn = false;
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    if (attempt > 1 && method === 'GET') await means.wait(1);
    // Redirects are followed inside, as `fetch` does.
    const response = await means.send(method, url);
    await response.text();
    const { status, headers } = response;

    if (status === 202) {
      // Accepted, and not yet done: ask where the outcome will be.
      url = new URL(headers.get('location') ?? '', url).href;
      method = 'GET';
    } else if (response.ok) {
      return 'done';
    } else if (status === 401 && !signedIn) {
      signedIn = true;
      await means.signIn();
    } else if (status === 429 || status >= 500) {
      // No fault of the request: it may succeed as it is, but later.
      const asked = headers.get('retry-after') ?? '';
      // It may be a date as well: that, like none, leaves it to us.
      const pause = /^\d{1,4}$/.test(asked) ? Number(asked) : 2 ** attempt;
      if (attempt < 4) await means.wait(pause);
    } else {
      return 'refused';
    }
  }
  return 'failed';
}
// #endregion client

/** What really happens, and how it is to end. */
const truth: Record<string, Outcome> = {
  'slug is taken': 'refused',
  'no such user': 'refused',
  'token expired': 'done',
  'too busy': 'done',
  'has moved': 'done',
  'takes a while': 'done',
};

let script: Script = [];
/** The requests of one event, as the server saw them. */
const seen: string[] = [];
/** Whether the thing that was asked for was done. */
let isDone = false;
let isRightWay = false;

const app = express();
app.post('/event', (_req, res) => {
  const next = script.length > 1 ? script.shift() : script[0];
  const [status, headers] = next ?? [500];
  seen.push('POST');
  // The careless 200s hide an error, and work that has not begun.
  isDone ||= status === 200 && isRightWay;
  res.status(status).set(headers).json({});
});
app.all('/new', (req, res) => {
  seen.push(req.method);
  isDone ||= req.method === 'POST';
  res.json({});
});
let polls = 0;
app.get('/export/17', (_req, res) => {
  seen.push('poll');
  polls += 1;
  isDone ||= polls === 2;
  res.status(polls < 2 ? 202 : 200);
  if (polls < 2) res.location('/export/17');
  res.json({});
});

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const url = `http://localhost:${port}/event`;

const totals = { careless: [0, 0], right: [0, 0] };
console.log('event          answer  requests  waits   client says  correct');
for (const [event, scripts] of Object.entries(events)) {
  for (const way of ['careless', 'right'] as const) {
    script = [...scripts[way]];
    const [answer] = script[0] ?? [];
    seen.length = 0;
    polls = 0;
    isDone = false;
    isRightWay = way === 'right';
    let waited = 0;
    const outcome = await outcomeOf(url, {
      // The key makes a repeated POST harmless.
      send: (method, target) =>
        fetch(target, { method, headers: { 'Idempotency-Key': event } }),
      signIn: () => Promise.resolve(),
      wait: (seconds) => {
        waited += seconds;
        return Promise.resolve();
      },
    });
    // Whoever says `done` has to be right about that, too.
    const isRight = outcome === truth[event] && isDone === (outcome === 'done');
    console.log(
      (way === 'careless' ? event : '').padEnd(14),
      String(answer).padEnd(7),
      String(seen.length).padEnd(9),
      `${waited} s`.padEnd(7),
      outcome.padEnd(12),
      isRight ? 'yes' : 'no',
    );
    totals[way][0] = (totals[way][0] ?? 0) + seen.length;
    totals[way][1] = (totals[way][1] ?? 0) + Number(isRight);
    assert.equal(isRight, way === 'right', `${event}, ${way}`);
  }
}
assert.deepEqual(totals.careless, [10, 0]);
assert.deepEqual(totals.right, [11, 6]);

server.close();
await once(server, 'close');
