import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const hashOf = (token: string) =>
  createHash('sha256').update(token).digest('hex');
await pool.query(`
  DROP SCHEMA IF EXISTS nextjs_guard CASCADE;
  CREATE SCHEMA nextjs_guard;
  CREATE TABLE nextjs_guard.session (
    token_hash text PRIMARY KEY,
    user_id    text NOT NULL
  );
  CREATE TABLE nextjs_guard.invoice (
    id      text PRIMARY KEY,
    user_id text NOT NULL
  );
  INSERT INTO nextjs_guard.invoice VALUES ('1', 'ann'), ('2', 'eve');
`);
for (const user of ['ann', 'eve']) {
  await pool.query('INSERT INTO nextjs_guard.session VALUES ($1, $2)', [
    hashOf(`token of ${user}`),
    user,
  ]);
}

/** What a client may see of it. */
type Invoice = { id: string };

// #region guard
type Context = { params: Promise<{ id: string }> };
type Route = (request: Request, context: Context) => Promise<Response>;

/** The user of a session that exists; null: nobody is signed in. */
async function userOf(request: Request): Promise<string | null> {
  const header = request.headers.get('authorization') ?? '';
  const [, token = ''] = /^Bearer (.+)$/.exec(header) ?? [];
  const { rows } = await pool.query<{ user_id: string }>(
    'SELECT user_id FROM nextjs_guard.session WHERE token_hash = $1',
    [hashOf(token)],
  );
  return rows[0]?.user_id ?? null;
}

/** proxy.ts: turns strangers away, and tells the route who is asking. */
async function proxied(request: Request, context: Context, route: Route) {
  const user = await userOf(request);
  if (!user) return new Response(null, { status: 401 });
  const headers = new Headers(request.headers);
  headers.set('x-user-id', user);
  return route(new Request(request, { headers }), context);
}

/** Trusts the proxy for the session, and its header for the user. */
const trusting: Route = async (request, { params }) => {
  const user = request.headers.get('x-user-id');
  const { rows } = await pool.query<Invoice>(
    'SELECT id FROM nextjs_guard.invoice WHERE id = $1 AND user_id = $2',
    [(await params).id, user],
  );
  return rows[0] ? Response.json(rows[0]) : new Response(null, { status: 404 });
};

/** Trusts the proxy to have checked everything. */
const unguarded: Route = async (_request, { params }) => {
  const { rows } = await pool.query<Invoice>(
    'SELECT id FROM nextjs_guard.invoice WHERE id = $1',
    [(await params).id],
  );
  return rows[0] ? Response.json(rows[0]) : new Response(null, { status: 404 });
};

/** Asks for itself; the proxy may stand before it or not. */
const checking: Route = async (request, { params }) => {
  const user = await userOf(request);
  if (!user) return new Response(null, { status: 401 });
  const { rows } = await pool.query<Invoice>(
    'SELECT id FROM nextjs_guard.invoice WHERE id = $1 AND user_id = $2',
    [(await params).id, user],
  );
  return rows[0] ? Response.json(rows[0]) : new Response(null, { status: 404 });
};
// #endregion guard

/** Always the same question: invoice 1, which is Ann's. */
function asked(headers: Record<string, string>): [Request, Context] {
  const request = new Request('http://localhost/api/invoices/1', { headers });
  return [request, { params: Promise.resolve({ id: '1' }) }];
}
const as = (user: string) => ({ authorization: `Bearer token of ${user}` });
const through =
  (headers: Record<string, string>) =>
  (route: Route): Promise<Response> =>
    proxied(...asked(headers), route);
const past =
  (headers: Record<string, string>) =>
  (route: Route): Promise<Response> =>
    route(...asked(headers));

const ways: Record<string, (route: Route) => Promise<Response>> = {
  'Ann, through the proxy': through(as('ann')),
  'nobody, through it': through({}),
  'Eve, through it': through(as('eve')),
  'Ann, past the proxy': past(as('ann')),
  'nobody, past it': past({}),
  'nobody, "x-user-id: ann"': past({ 'x-user-id': 'ann' }),
  'Eve, "x-user-id: ann"': past({ ...as('eve'), 'x-user-id': 'ann' }),
};
const routes = { unguarded, trusting, checking };

console.log("Ann's invoice             unguarded  trusting  checking");
const seen: Record<string, number[]> = {};
for (const [name, way] of Object.entries(ways)) {
  const statuses = [];
  for (const route of Object.values(routes)) {
    statuses.push((await way(route)).status);
  }
  seen[name] = statuses;
  const [a, b, c] = statuses.map(String);
  console.log(name.padEnd(25), a?.padEnd(10), b?.padEnd(9), c);
}
assert.deepEqual(
  Object.values(seen).map(([, , checked]) => checked),
  [200, 401, 404, 200, 401, 401, 404],
);
assert.deepEqual(seen['nobody, past it'], [200, 404, 401]);
assert.deepEqual(seen['nobody, "x-user-id: ann"'], [200, 200, 401]);

await pool.query('DROP SCHEMA nextjs_guard CASCADE');
await pool.end();
