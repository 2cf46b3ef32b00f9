import assert from 'node:assert/strict';

type Line = { sku: string; quantity: number };
type Body = { lines: Line[]; priceCents?: number };
type Order = { count: number; lines: Line[]; totalCents: number };
type Shop = {
  prices: Record<string, number>;
  stock: Record<string, number>;
  orders: Order[];
};

// #region analyse
/** The first draft of "members order products", without a database. */
function draft(shop: Shop, body: Body) {
  const count = body.lines.length;
  const order: Order = { count, lines: [], totalCents: 0 };
  shop.orders.push(order);
  for (const { sku, quantity } of body.lines) {
    const price = body.priceCents ?? shop.prices[sku];
    if (price === undefined) throw new Error(`There is no ${sku}`);
    order.totalCents += price * quantity;
    order.lines.push({ sku, quantity });
    shop.stock[sku] = (shop.stock[sku] ?? 0) - quantity;
  }
}

const tea = (quantity: number) => ({ sku: 'tea', quantity });
const gold = { sku: 'gold', quantity: 1 }; // not sold here

/** What is always true, what is to hold it, and an attack on it. */
const rules: {
  rule: string;
  heldBy: string;
  attack: Body[];
  holds: (shop: Shop) => boolean;
}[] = [
  {
    rule: 'stock never falls below zero',
    heldBy: 'constraint, UPDATE',
    attack: [{ lines: [tea(6)] }],
    holds: ({ stock }) => Object.values(stock).every((count) => count >= 0),
  },
  {
    rule: 'every quantity is one or more',
    heldBy: 'constraint',
    attack: [{ lines: [tea(-5)] }],
    holds: ({ orders }) =>
      orders.flatMap(({ lines }) => lines).every((line) => line.quantity > 0),
  },
  {
    rule: 'the price is that of the shop',
    heldBy: 'code, which reads it',
    attack: [{ lines: [tea(1)], priceCents: 1 }],
    holds: ({ orders, prices }) => {
      const worth = ({ sku, quantity }: Line) => (prices[sku] ?? 0) * quantity;
      return orders.every(
        ({ lines, totalCents }) =>
          lines.reduce((sum, line) => sum + worth(line), 0) === totalCents,
      );
    },
  },
  {
    rule: 'an order is whole, or not there',
    heldBy: 'transaction',
    attack: [{ lines: [tea(1), gold] }],
    holds: ({ orders }) =>
      orders.every(({ lines, count }) => lines.length === count),
  },
  {
    rule: 'an order sent twice is one order',
    heldBy: 'primary key',
    // The answer to the first was lost on the way.
    attack: [{ lines: [tea(1)] }, { lines: [tea(1)] }],
    holds: ({ orders }) => orders.length === 1,
  },
];
// #endregion analyse

/** The shop after these requests. */
function shopAfter(bodies: Body[]): Shop {
  const shop: Shop = { prices: { tea: 300 }, stock: { tea: 5 }, orders: [] };
  for (const body of bodies) {
    try {
      draft(shop, body);
    } catch (error) {
      assert.match(String(error), /There is no gold/);
    }
  }
  return shop;
}

console.log('rule'.padEnd(34), 'draft'.padEnd(8), 'to be held by');
for (const { rule, heldBy, attack, holds } of rules) {
  const kept = holds(shopAfter(attack));
  console.log(rule.padEnd(34), (kept ? 'holds' : 'broken').padEnd(8), heldBy);
  assert.equal(kept, false);
}
// An honest order breaks none of them.
const honest = shopAfter([{ lines: [tea(2)] }]);
for (const { rule, holds } of rules) assert(holds(honest), rule);
