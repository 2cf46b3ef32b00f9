import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';
import { RULES } from './rules.ts';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query('BEGIN');
await db.query(`
  INSERT INTO organisation (id, slug, name) VALUES
    ('00000000-0000-7000-8000-00000000000a', 'acme', 'Acme'),
    ('00000000-0000-7000-8000-00000000000b', 'globex', 'Globex');
  INSERT INTO user_account (id, email, name) VALUES
    ('00000000-0000-7000-8000-000000000001', 'ann@example.com', 'Ann');
  INSERT INTO product (id, organisation_id, sku, name, price_cents, stock)
  SELECT '00000000-0000-7000-8000-0000000000a1'::uuid, id, 'tea', 'Tea', 300, 5
  FROM organisation WHERE slug = 'acme';
  INSERT INTO product (id, organisation_id, sku, name, price_cents, stock)
  SELECT '00000000-0000-7000-8000-0000000000b1'::uuid, id, 'gold', 'Gold', 9, 5
  FROM organisation WHERE slug = 'globex';
  INSERT INTO customer_order (id, organisation_id, customer_id, total_cents)
  SELECT '00000000-0000-7000-8000-0000000000f1'::uuid, o.id, u.id, 300
  FROM organisation o, user_account u WHERE o.slug = 'acme'`);

// #region design
const order = `'00000000-0000-7000-8000-0000000000f1'`;
const tea = `'00000000-0000-7000-8000-0000000000a1'`;
const gold = `'00000000-0000-7000-8000-0000000000b1'`;
const line = `INSERT INTO order_line (order_id, product_id, quantity,
                                      price_cents) VALUES`;

/** Statements that break one rule each, sent past all code. */
const attacks = {
  'sells six of five': `UPDATE product SET stock = stock - 6
                        WHERE id = ${tea}`,
  'a price below zero': `UPDATE product SET price_cents = -1
                         WHERE id = ${tea}`,
  'a quantity of zero': `${line} (${order}, ${tea}, 0, 300)`,
  'a negative total': `UPDATE customer_order SET total_cents = -1
                       WHERE id = ${order}`,
  'the same order again': `INSERT INTO customer_order
      (id, organisation_id, customer_id, total_cents)
    SELECT id, organisation_id, customer_id, 300
    FROM customer_order WHERE id = ${order}`,
  'a product of nobody': `${line} (${order}, ${order}, 1, 300)`,
  "another shop's product": `${line} (${order}, ${gold}, 1, 9)`,
};
// #endregion design

/** `written`, or which rule refused; nothing is kept. */
async function outcomeOf(statement: string): Promise<string> {
  await db.query('SAVEPOINT attack');
  try {
    const { rowCount } = await db.query(statement);
    assert.equal(rowCount, 1);
    return 'written';
  } catch (error) {
    assert(error instanceof DatabaseError);
    return `${error.code} ${error.constraint}`;
  } finally {
    await db.query('ROLLBACK TO SAVEPOINT attack');
  }
}

const outcomes = new Map<string, string[]>();
for (const rules of ['', RULES]) {
  await db.query(rules);
  for (const [name, statement] of Object.entries(attacks)) {
    const before = outcomes.get(name) ?? [];
    outcomes.set(name, [...before, await outcomeOf(statement)]);
  }
}
await db.query('ROLLBACK');
await db.end();

console.log('attack'.padEnd(22), 'schema'.padEnd(16), 'schema and rules');
for (const [name, [bare = '', ruled = '']] of outcomes) {
  const short = bare.replace(/ .*/, '');
  console.log(name.padEnd(22), short.padEnd(16), ruled);
}
assert.deepEqual(
  [...outcomes.values()].map(([, ruled]) => ruled),
  [
    '23514 stock_not_negative',
    '23514 price_not_negative',
    '23514 quantity_positive',
    '23514 total_not_negative',
    '23505 customer_order_pkey',
    '23503 order_line_product_id_fkey',
    // Two tables and a comparison: no constraint of this schema says it.
    'written',
  ],
);
assert.equal([...outcomes.values()].filter(([b]) => b === 'written').length, 5);
