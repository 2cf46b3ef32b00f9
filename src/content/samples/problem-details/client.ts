import assert from 'node:assert/strict';
import { z } from 'zod';

const BASE = 'https://api.example.com/problems/';

// #region clients
const Titled = z.object({ title: z.string() });

/** Looks for words. */
async function byTitle(response: Response): Promise<string> {
  const { title } = Titled.parse(await response.json());
  if (title.includes('in use')) return 'pick another slug';
  return title.includes('changed') ? 'reload' : fallback(response.status);
}

/** Takes the status for the reason. */
function byStatus(response: Response): string {
  if (response.status === 409) return 'pick another slug';
  return fallback(response.status);
}

/** Looks for the URI that names the problem. */
async function byType(response: Response): Promise<string> {
  const { type } = await problemIn(response);
  if (type === `${BASE}slug-taken`) return 'pick another slug';
  if (type === `${BASE}stale-version`) return 'reload';
  return fallback(response.status);
}

/** For every problem that this client has not heard of. */
function fallback(status: number): string {
  return status === 429 || status >= 500 ? 'retry later' : 'report';
}

/** A member of the wrong type counts as absent; one unknown is kept. */
const ProblemDetails = z.looseObject({
  type: z.string().catch('about:blank'),
  title: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  instance: z.string().optional().catch(undefined),
});

/** What an error says, whoever sent it: the API, or a proxy before it. */
async function problemIn(response: Response) {
  const contentType = response.headers.get('content-type') ?? '';
  const isProblem = /^application\/problem\+json\s*(;|$)/i.test(contentType);
  const body: unknown = isProblem
    ? await response.json().catch(() => ({}))
    : {};
  return ProblemDetails.safeParse(body).data ?? ProblemDetails.parse({});
}
// #endregion clients

const problem = (status: number, members: object) =>
  new Response(JSON.stringify(members), {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
  });
const taken = `${BASE}slug-taken`;
const stale = `${BASE}stale-version`;

const answers: [name: string, right: string, answer: () => Response][] = [
  [
    'slug taken',
    'pick another slug',
    () => problem(409, { type: taken, title: 'The slug is already in use' }),
  ],
  [
    'slug taken, new words',
    'pick another slug',
    () => problem(409, { type: taken, title: 'Not available', near: ['a-2'] }),
  ],
  [
    'stale version',
    'reload',
    () => problem(409, { type: stale, title: 'It changed meanwhile' }),
  ],
  [
    'type of the future',
    'report',
    () => problem(409, { type: `${BASE}frozen`, title: 'It is frozen' }),
  ],
  [
    'title is a number',
    'pick another slug',
    () => problem(409, { type: taken, title: 409 }),
  ],
  [
    'no type',
    'retry later',
    () => problem(429, { title: 'Too Many Requests' }),
  ],
  [
    "a proxy's page",
    'retry later',
    () =>
      new Response('<h1>502 Bad Gateway</h1>', {
        status: 502,
        headers: { 'content-type': 'text/html' },
      }),
  ],
  [
    'half a problem',
    'retry later',
    () =>
      new Response('{"type":', {
        status: 500,
        headers: { 'content-type': 'application/problem+json' },
      }),
  ],
];

const clients = { byTitle, byStatus, byType };
const columns = ['byTitle', 'byStatus', 'byType'] as const;
const right = { byTitle: 0, byStatus: 0, byType: 0 };
const line = (name: string, cells: string[]) =>
  console.log((name.padEnd(22) + cells.join('')).trimEnd());
line(
  'answer',
  columns.map((name) => name.padEnd(10)),
);
for (const [name, expected, answer] of answers) {
  const cells = [];
  for (const column of columns) {
    const done = await Promise.resolve(clients[column](answer())).catch(
      () => 'throws',
    );
    if (done === expected) right[column] += 1;
    const verdict = done === expected ? 'right' : 'wrong';
    cells.push((done === 'throws' ? done : verdict).padEnd(10));
  }
  line(name, cells);
}
line(
  'right',
  columns.map((name) => `${right[name]} of ${answers.length}`.padEnd(10)),
);
assert.deepEqual(right, { byTitle: 4, byStatus: 6, byType: 8 });

// JSON that promises no problem details may mean anything by `type`.
const other = Response.json({ type: 'card_error' }, { status: 402 });
assert.equal((await problemIn(other)).type, 'about:blank');
