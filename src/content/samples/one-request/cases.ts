import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export type Answer = { status: number; type: string; text: string };

/** Sends a request as somebody, and reads the answer. */
export type Ask = (
  who: string,
  method: string,
  path: string,
  body?: object,
) => Promise<Answer>;

/** Asks an API in the name of whoever has a token. */
export const clientOf =
  (url: string, tokens: Record<string, string>): Ask =>
  async (who, method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens[who] ?? 'none'}`,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text: await response.text() };
  };

const line = (sku: string, quantity = 1) => ({ sku, quantity });
const order = (...skus: string[]) => ({ lines: skus.map((sku) => line(sku)) });
const newOrder = () => `/acme/orders/${randomUUID()}`;

async function statusOf(answer: Promise<Answer>): Promise<number> {
  const { status, type } = await answer;
  if (status >= 400) assert.match(type, /^application\/problem\+json/);
  return status;
}

// #region cases
/** Each begins with the seeded shops, and looks at what came of it. */
export const cases: Record<string, (ask: Ask) => Promise<void>> = {
  'lists what the shop sells': async (ask) => {
    const { status, text } = await ask('ann', 'GET', '/acme/products');
    assert.equal(status, 200);
    assert.match(text, /acme tea/);
  },
  'places an order': async (ask) => {
    const { status, text } = await ask('ann', 'PUT', newOrder(), order('tea'));
    assert.equal(status, 201);
    assert.match(text, /"totalCents":300/);
  },
  'shows an order to its customer': async (ask) => {
    const path = newOrder();
    await ask('ann', 'PUT', path, order('tea'));
    assert.equal((await ask('ann', 'GET', path)).status, 200);
  },
  // Up to here everybody tests. What follows is what the rules say.
  'places a repeated order once': async (ask) => {
    const path = newOrder();
    const sent = [1, 2].map(() => ask('ann', 'PUT', path, order('cake')));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, 201]);
    const other = ask('ann', 'PUT', path, order('tea'));
    assert.equal(await statusOf(other), 409);
  },
  'writes nothing of an order it cannot fill': async (ask) => {
    const path = newOrder();
    const both = order('tea', 'wine');
    assert.equal(await statusOf(ask('ann', 'PUT', path, both)), 409);
    assert.equal(await statusOf(ask('ann', 'GET', path)), 404);
    // All five are still there.
    const five = { lines: [line('tea', 5)] };
    assert.equal((await ask('ann', 'PUT', path, five)).status, 201);
  },
  'sells the last piece once': async (ask) => {
    const sent = [1, 2, 3].map(() =>
      statusOf(ask('ann', 'PUT', newOrder(), order('cake'))),
    );
    assert.deepEqual((await Promise.all(sent)).sort(), [201, 409, 409]);
  },
  'refuses a price, and a quantity below one': async (ask) => {
    const priced = { ...order('tea'), priceCents: 1 };
    for (const body of [priced, { lines: [line('tea', -5)] }]) {
      assert.equal(await statusOf(ask('ann', 'PUT', newOrder(), body)), 400);
    }
  },
  'asks every caller for a session that lasts': async (ask) => {
    for (const who of ['nobody', 'ended']) {
      for (const path of ['/acme/products', '/acme/orders', newOrder()]) {
        assert.equal(await statusOf(ask(who, 'GET', path)), 401);
      }
    }
  },
  'hides a shop from strangers': async (ask) => {
    for (const path of ['/acme/products', '/acme/orders']) {
      assert.equal(await statusOf(ask('dora', 'GET', path)), 404);
    }
  },
  'shows an order to staff, not to colleagues': async (ask) => {
    const path = newOrder();
    await ask('ann', 'PUT', path, order('tea'));
    assert.equal(await statusOf(ask('bob', 'GET', path)), 404);
    assert.equal((await ask('bob', 'GET', '/acme/orders')).text, '[]');
    assert.equal((await ask('cleo', 'GET', path)).status, 200);
  },
  'lets staff alone set a price, seen at once': async (ask) => {
    const [path, body] = ['/acme/products/tea', { priceCents: 310 }];
    await ask('ann', 'GET', '/acme/products');
    assert.equal(await statusOf(ask('ann', 'PATCH', path, body)), 403);
    assert.equal((await ask('cleo', 'PATCH', path, body)).status, 204);
    const { text } = await ask('ann', 'GET', '/acme/products');
    assert.match(text, /310/);
  },
  'keeps the shops of a cache apart': async (ask) => {
    await ask('ann', 'GET', '/acme/products');
    const { text } = await ask('dora', 'GET', '/globex/products');
    assert.match(text, /globex tea/);
  },
};
// #endregion cases
