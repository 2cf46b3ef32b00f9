import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { differences, type Trial } from './differences.ts';
import {
  documentOf,
  faults,
  operations,
  rows,
  serverOf,
  type Row,
} from './orders.ts';

const id = 'a3bb189e-8bf9-4c3a-9c1e-1f2d3c4b5a69';
const gone = '6fa459ea-ee8a-4ca4-894e-db77e160355e';
const order: Row = {
  id,
  status: 'REFUNDED',
  totalCents: 500,
  note: null,
  costCents: 180,
};

const item = { sku: 'PEN-1', quantity: 2 };
const list = (query: Record<string, string>): Trial => ({
  method: 'get',
  path: '/orders',
  query,
});
const post = (body: unknown): Trial => ({
  method: 'post',
  path: '/orders',
  body,
});

/** Both ends of every limit, and one step beyond. */
const trials: Trial[] = [
  ...['0', '1', '100', '101', '1.5', 'ten'].map((limit) => list({ limit })),
  ...['PAID', 'paid'].map((status) => list({ status })),
  list({}),
  list({ offset: '0' }),
  ...[0, 1, 50, 51].map((n) => post({ items: Array<unknown>(n).fill(item) })),
  ...[0, 1, 99, 100, 1.5, '2'].map((quantity) =>
    post({ items: [{ ...item, quantity }] }),
  ),
  ...['', 'x'.repeat(200), 'x'.repeat(201), null, 7].map((note) =>
    post({ items: [item], note }),
  ),
  ...['pen-1', 'PEN-1234567'].map((sku) => post({ items: [{ ...item, sku }] })),
  post({ items: [item], coupon: 'TEN' }),
  post({ note: null }),
  post([]),
  { method: 'get', path: '/orders/{id}', id },
  { method: 'get', path: '/orders/{id}', id: gone },
  { method: 'delete', path: '/orders/{id}', id: gone },
  { method: 'get', path: '/orders/{id}', id: '1' },
  { method: 'delete', path: '/orders/{id}', id: '1' },
  { method: 'delete', path: '/orders/{id}', id },
];

/** Each run begins with the one order that the trials know. */
async function compared(
  document: ReturnType<typeof documentOf>,
  app: ReturnType<typeof serverOf>,
) {
  rows.clear();
  rows.set(id, { ...order });
  return differences(document, app, trials);
}

const document = documentOf(operations);
// A client that validates must live with a field of the next release.
assert(
  !JSON.stringify(document.components?.schemas?.Order).includes(
    'additionalProp',
  ),
);
assert.deepEqual(await compared(document, serverOf()), []);
console.log(`as generated: ${trials.length} requests, 0 differences\n`);

// #region bugs
const withRun = (summary: string, status: number, change: object) =>
  operations.map((operation) =>
    operation.summary !== summary
      ? operation
      : {
          ...operation,
          run: () => ({ status, body: { ...order, ...change } }),
        },
  );

/** What people do to a server and to its document. */
const bugs = {
  'a route beside the table': () =>
    compared(
      document,
      serverOf(operations, (app) => {
        app.get('/orders/:id/invoice', (_req, res) => void res.json({}));
      }),
    ),
  'a status not declared': () =>
    compared(document, serverOf(withRun('Read an order', 410, {}))),
  'a null from the database': () =>
    compared(
      document,
      serverOf(withRun('Read an order', 200, { totalCents: null })),
    ),
  'a column that clients must not see': () =>
    compared(
      document,
      serverOf(withRun('Read an order', 200, { passwordHash: '$2b$' })),
    ),
  'the document of the last release': () => {
    const last = structuredClone(document);
    const { Order } = last.components?.schemas ?? {};
    assert(typeof Order === 'object' && 'properties' in Order);
    Object.assign(Order, {
      properties: { ...Order.properties, status: { const: 'PENDING' } },
    });
    return compared(last, serverOf());
  },
};
// #endregion bugs

for (const [name, run] of Object.entries(bugs)) {
  const found = await run();
  console.log(name);
  for (const line of found) console.log(`  ${line}`);
  if (found.length === 0) console.log('  no difference');
  const silent = name.startsWith('a column');
  assert.equal(found.length === 0, silent);
}
console.log(`\nlogged: ${faults.length} answers that the schemas refused`);
assert(faults.every((fault) => /may not answer 410|totalCents/.test(fault)));

// The column was never sent, though the handler returned the whole row.
const app = serverOf(withRun('Read an order', 200, { passwordHash: '$2b$' }));
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const response = await fetch(`http://localhost:${port}/orders/${id}`);
const sent = Object.keys((await response.json()) as object);
console.log(`sent: ${sent.join(', ')}`);
assert.deepEqual(sent, ['id', 'status', 'totalCents', 'note']);

// What the parser of bodies refuses is documented too, and no fault of ours.
const described = Object.keys(
  document.paths?.['/orders']?.post?.responses ?? {},
);
const refusals: Record<string, [body: string, type: string]> = {
  'broken JSON': ['{', 'application/json'],
  'a megabyte': [JSON.stringify(' '.repeat(1e6)), 'application/json'],
  'another charset': ['{}', 'application/json; charset=x-unknown'],
  'no JSON': ['a=1', 'text/plain'],
};
const statuses: number[] = [];
for (const [name, [body, type]] of Object.entries(refusals)) {
  const { status, headers } = await fetch(`http://localhost:${port}/orders`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  assert(described.includes(String(status)));
  assert.match(headers.get('content-type') ?? '', /problem\+json/);
  statuses.push(status);
  console.log(`${name}: ${status}`);
}
assert.deepEqual(statuses, [400, 413, 415, 400]);
assert.equal(faults.length, 4);
server.close();
await once(server, 'close');
