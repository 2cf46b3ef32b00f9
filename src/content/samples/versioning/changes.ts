import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { z } from 'zod';

// #region clients
/** What the API has promised; both clients were written against it. */
const Product = {
  id: z.int(),
  name: z.string(),
  cents: z.int(),
  status: z.enum(['ACTIVE', 'SOLD_OUT']),
};

/** Reads what it needs, and has an answer to what it does not know. */
const tolerant = {
  product: z.object({
    ...Product,
    status: Product.status.or(z.string().transform(() => 'OTHER' as const)),
  }),
  isCreated: (response: Response) => response.ok,
};

/** Takes what it was written against, and nothing else. */
const strict = {
  product: z.strictObject(Product),
  isCreated: (response: Response) => response.status === 201,
};

/** Both use one product, make one, and show the first of the list. */
async function works(url: string, client: typeof tolerant | typeof strict) {
  try {
    const one = await fetch(`${url}/products/1`);
    const product = client.product.parse(await one.json());

    const made = await fetch(`${url}/products`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'M8 nut, zinc plated', cents: 5 }),
    });
    await made.text();

    const list = await fetch(`${url}/products`);
    const ids = z
      .object({ items: z.array(z.object({ id: z.int() })) })
      .parse(await list.json())
      .items.map(({ id }) => id);
    return client.isCreated(made) && product.cents === 5 && ids[0] === 2;
  } catch (error) {
    // What the schema refuses is what a client would stumble over.
    if (error instanceof z.ZodError) return false;
    throw error;
  }
}
// #endregion clients

type Api = {
  one: object;
  order: 'newest' | 'oldest';
  body: z.ZodType;
  created: number;
};

const one = { id: 1, name: 'Nut', cents: 5, status: 'ACTIVE' };
const name = z.string().max(40);
const cents = z.int();
const today: Api = {
  one,
  order: 'newest',
  body: z.strictObject({ name, cents }),
  created: 201,
};
const { name: _name, ...nameless } = one;

/** What somebody wants to change, and who goes on working. */
const changes: [change: string, api: Partial<Api>, works: string][] = [
  ['nothing', {}, 'yes yes'],
  [
    'optional request member added',
    { body: z.strictObject({ name, cents, note: z.string().optional() }) },
    'yes yes',
  ],
  ['response member added', { one: { ...one, stock: 3 } }, 'yes no'],
  ['value added to an enum', { one: { ...one, status: 'HIDDEN' } }, 'yes no'],
  ['200 instead of 201', { created: 200 }, 'yes no'],
  ['member renamed, both sent', { one: { ...one, title: one.name } }, 'yes no'],
  ['member renamed', { one: { ...nameless, title: one.name } }, 'no no'],
  ['member may be null', { one: { ...one, name: null } }, 'no no'],
  ['number becomes a string', { one: { ...one, cents: '5' } }, 'no no'],
  ['euros instead of cents', { one: { ...one, cents: 0.05 } }, 'no no'],
  [
    'request member required',
    { body: z.strictObject({ name, cents, unit: z.string() }) },
    'no no',
  ],
  [
    'validation tightened',
    { body: z.strictObject({ name: name.max(10), cents }) },
    'no no',
  ],
  ['other default order', { order: 'oldest' }, 'no no'],
];

/** One server for all: each change is served below a path of its own. */
const app = express();
app.use(express.json());
for (const [i, [, change]] of changes.entries()) {
  const api = { ...today, ...change };
  const router = express.Router();
  router.get('/products/1', (_req, res) => {
    res.json(api.one);
  });
  router.get('/products', (_req, res) => {
    const ids = api.order === 'newest' ? [2, 1] : [1, 2];
    res.json({ items: ids.map((id) => ({ id })) });
  });
  router.post('/products', (req, res) => {
    const isValid = api.body.safeParse(req.body).success;
    res.status(isValid ? api.created : 400).json({});
  });
  app.use(`/${i}`, router);
}
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const broken = { tolerant: 0, strict: 0 };
console.log('change'.padEnd(31), 'tolerant  strict');
for (const [i, [change, , expected]] of changes.entries()) {
  const url = `http://localhost:${port}/${i}`;
  const found: string[] = [];
  for (const [kind, client] of Object.entries({ tolerant, strict })) {
    const isFine = await works(url, client);
    found.push(isFine ? 'yes' : 'no');
    broken[kind as keyof typeof broken] += Number(!isFine);
  }
  const [first = '', second = ''] = found;
  console.log(change.padEnd(31), first.padEnd(9), second);
  assert.equal(found.join(' '), expected, change);
}
console.log(
  `of ${changes.length - 1} changes, ${broken.tolerant} break the tolerant`,
  `client, ${broken.strict} the strict`,
);
assert.deepEqual(broken, { tolerant: 7, strict: 11 });

server.close();
await once(server, 'close');
