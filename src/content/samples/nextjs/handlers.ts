import assert from 'node:assert/strict';
import { Pool } from 'pg';
import { z } from 'zod';
import { faults, guarded, jsonOf, Problem } from './guarded.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  DROP SCHEMA IF EXISTS nextjs_handlers CASCADE;
  CREATE SCHEMA nextjs_handlers;
  CREATE TABLE nextjs_handlers.purchase (
    id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku        text NOT NULL,
    quantity   int NOT NULL,
    cost_cents int NOT NULL DEFAULT 90
  );
  INSERT INTO nextjs_handlers.purchase (sku, quantity)
  VALUES ('PEN-1', 2), ('PEN-1', 500);
`);

const INSERT = `INSERT INTO nextjs_handlers.purchase (sku, quantity)
  VALUES ($1, $2) RETURNING *`;
const SELECT = 'SELECT * FROM nextjs_handlers.purchase WHERE id = $1';

// #region handlers
type Context = { params: Promise<{ id: string }> };

/** app/api/purchases/[id]/route.ts, as it is often written. */
const naive = {
  async GET(_request: Request, { params }: Context) {
    const { id } = await params;
    const { rows } = await pool.query<object>(SELECT, [id]);
    return Response.json(rows[0]);
  },
  async POST(request: Request) {
    const body = (await request.json()) as { sku: string; quantity: number };
    const values = [body.sku, body.quantity];
    const { rows } = await pool.query<object>(INSERT, values);
    return Response.json(rows[0], { status: 201 });
  },
};

const Id = z.string().regex(/^[1-9]\d{0,8}$/);
const Purchase = z.strictObject({
  sku: z.string().regex(/^[A-Z]{3}-\d{1,6}$/),
  quantity: z.int().min(1).max(99),
});
/** What a client may see of a row. */
const Shown = z.object({ id: z.int(), ...Purchase.shape });

/** The same, with what Express had a middleware for. */
const careful = {
  GET: guarded<Context>(async (_request, { params }) => {
    const id = Id.safeParse((await params).id);
    if (!id.success) throw new Problem(404);
    const { rows } = await pool.query<object>(SELECT, [id.data]);
    if (!rows[0]) throw new Problem(404);
    return Response.json(Shown.parse(rows[0]));
  }),
  POST: guarded(async (request) => {
    const body = Purchase.safeParse(await jsonOf(request, 10_000));
    if (!body.success) throw new Problem(400);
    const values = [body.data.sku, body.data.quantity];
    const { rows } = await pool.query<object>(INSERT, values);
    return Response.json(Shown.parse(rows[0]), { status: 201 });
  }),
};
// #endregion handlers

const post = (body: string, type = 'application/json') =>
  new Request('http://localhost/api/purchases', {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
const get = (id: string) =>
  [
    new Request(`http://localhost/api/purchases/${id}`),
    { params: Promise.resolve({ id }) },
  ] as const;
const good = JSON.stringify({ sku: 'PEN-1', quantity: 2 });

const cases: [string, (route: typeof naive) => Promise<Response>][] = [
  ['a purchase', (route) => route.GET(...get('1'))],
  ['a row gone wrong', (route) => route.GET(...get('2'))],
  ['no such purchase', (route) => route.GET(...get('999'))],
  ['an id of letters', (route) => route.GET(...get('abc'))],
  ['a good body', (route) => route.POST(post(good))],
  ['broken JSON', (route) => route.POST(post('{'))],
  ['minus five of them', (route) => route.POST(post(good.replace('2', '-5')))],
  ['a form of another site', (route) => route.POST(post(good, 'text/plain'))],
  ['five megabytes', (route) => route.POST(post(good + ' '.repeat(5_000_000)))],
];

/** What the client gets; Next.js makes a bare 500 of an error. */
async function answerOf(call: Promise<Response>): Promise<string> {
  try {
    const response = await call;
    const text = await response.text();
    const leaks = text.includes('cost_cents') ? ', with cost_cents' : '';
    return `${response.status}${leaks}`;
  } catch (error) {
    return `throws ${(error as Error).name}`;
  }
}

const route: typeof naive = {
  GET: careful.GET,
  POST: (request) => careful.POST(request, undefined),
};
console.log('request                 as often written      careful');
const seen: Record<string, [string, string]> = {};
for (const [name, call] of cases) {
  const pair: [string, string] = [
    await answerOf(call(naive)),
    await answerOf(call(route)),
  ];
  seen[name] = pair;
  console.log(name.padEnd(23), pair[0].padEnd(21), pair[1]);
}
assert.deepEqual(
  Object.values(seen).map(([, answer]) => answer),
  ['200', '500', '404', '404', '201', '400', '400', '415', '413'],
);
assert(
  Object.values(seen).filter(([answer]) => /^20/.test(answer)).length === 6,
);
// One fault of ours, in the log and not in the answer.
assert(faults[0] instanceof z.ZodError);
assert.equal(faults.length, 1);

await pool.query('DROP SCHEMA nextjs_handlers CASCADE');
await pool.end();
