import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';
import { RULES_IN_SQL } from './schema.ts';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS invariants_ruled, invariants_bare CASCADE;
  CREATE SCHEMA invariants_ruled;
  SET search_path = invariants_ruled;
  ${RULES_IN_SQL}
  -- The same columns, and none of the rules.
  CREATE SCHEMA invariants_bare;
  CREATE TABLE invariants_bare.customer (LIKE customer);
  CREATE TABLE invariants_bare.booking (LIKE booking);
`);
for (const schema of ['invariants_ruled', 'invariants_bare']) {
  await db.query(`
    SET search_path = ${schema};
    INSERT INTO customer VALUES (1, 'ann@example.com'), (2, 'bob@example.com');
    INSERT INTO booking VALUES
      (1, 1, 7, '[2026-05-01 09:00Z, 2026-05-01 10:00Z)', 900, 0, 'HELD'),
      (2, 2, 7, '[2026-05-01 10:00Z, 2026-05-01 11:00Z)', 900, 0, 'USED');
  `);
}

type Rule = {
  rule: string;
  by: 'index' | 'key' | 'check' | 'exclusion' | 'trigger' | 'code';
  /** What code that knows nothing of the rule would send. */
  attack: string;
  /** What refuses it; null: nothing does. */
  refused: string | null;
};

const booking = (values: string) =>
  `INSERT INTO booking (id, customer_id, room, during, price_cents, refunded,
     status, reason) VALUES (9, ${values})`;
const MAY_2 = `'[2026-05-02 09:00Z, 2026-05-02 10:00Z)'`;

// #region attacks
const rules: Rule[] = [
  {
    rule: 'an address belongs to one customer',
    by: 'index',
    attack: `INSERT INTO customer VALUES (3, 'ANN@example.com')`,
    refused: '23505 customer_email',
  },
  {
    rule: 'a booking has a customer',
    by: 'key',
    attack: booking(`99, 7, ${MAY_2}, 900, 0, 'PAID', NULL`),
    refused: '23503 booking_customer',
  },
  {
    rule: 'a price is not negative',
    by: 'check',
    attack: booking(`2, 7, ${MAY_2}, -900, 0, 'PAID', NULL`),
    refused: '23514 price_not_negative',
  },
  {
    rule: 'no more is refunded than paid',
    by: 'check',
    attack: 'UPDATE booking SET refunded = refunded + 901 WHERE id = 2',
    refused: '23514 refund_within_price',
  },
  {
    rule: 'who cancels says why',
    by: 'check',
    attack: `UPDATE booking SET status = 'CANCELLED' WHERE id = 1`,
    refused: '23514 reason_if_cancelled',
  },
  {
    rule: 'a room is booked once at a time',
    by: 'exclusion',
    attack: booking(
      `2, 7, '[2026-05-01 09:59Z, 2026-05-01 10:00Z)', 900, 0, 'PAID', NULL`,
    ),
    refused: '23P01 room_booked_once',
  },
  {
    rule: 'a booking begins and ends',
    by: 'check',
    attack: booking(
      `2, 7, '[2026-05-01 09:30Z, 2026-05-01 09:30Z)', 900, 0, 'PAID', NULL`,
    ),
    refused: '23514 begins_and_ends',
  },
  {
    rule: 'a customer holds one at a time',
    by: 'index',
    attack: booking(`1, 8, ${MAY_2}, 900, 0, 'HELD', NULL`),
    refused: '23505 one_held',
  },
  {
    rule: 'what was used stays used',
    by: 'trigger',
    attack: `UPDATE booking SET status = 'HELD' WHERE id = 2`,
    refused: '23514 next_status',
  },
  {
    rule: 'three bookings a week at most',
    by: 'code',
    attack: `INSERT INTO booking
      SELECT 10 + n, 2, 7 + n, ${MAY_2}, 900, 0, 'PAID'
      FROM generate_series(1, 4) AS n`,
    refused: null,
  },
  {
    rule: 'only its customer cancels a booking',
    by: 'code',
    attack: `UPDATE booking SET status = 'CANCELLED', reason = 'I am Bob'
      WHERE id = 1`,
    refused: null,
  },
];
// #endregion attacks

/** What the database says to an attack, which leaves nothing behind. */
async function answerTo(schema: string, attack: string) {
  await db.query(`SET search_path = ${schema}`);
  await db.query('BEGIN');
  try {
    const { rowCount } = await db.query(attack);
    assert(rowCount);
    return null;
  } catch (error) {
    assert(error instanceof DatabaseError);
    return `${error.code} ${error.constraint}`;
  } finally {
    await db.query('ROLLBACK');
  }
}

console.log('rule'.padEnd(35), 'held by'.padEnd(9), 'its attack');
let written = 0;
for (const { rule, by, attack, refused } of rules) {
  const answer = await answerTo('invariants_ruled', attack);
  console.log(rule.padEnd(35), by.padEnd(9), answer ?? 'written');
  assert.equal(answer, refused);
  assert.equal(answer === null, by === 'code');
  if ((await answerTo('invariants_bare', attack)) === null) written += 1;
}
console.log(`all of them in code alone: ${written} of ${rules.length} written`);
assert.equal(written, rules.length);

// The other ends of that type: no beginning, no end, and infinity.
for (const during of [
  '(, 2026-05-02 10:00Z)',
  '[2026-05-02 09:00Z,)',
  '[2026-05-02 09:00Z, infinity)',
]) {
  const attack = booking(`2, 7, '${during}', 900, 0, 'PAID', NULL`);
  const answer = await answerTo('invariants_ruled', attack);
  assert.equal(answer, '23514 begins_and_ends');
}

// The last room that the column can name is a room like any other.
const last = booking(`2, 2147483647, ${MAY_2}, 900, 0, 'PAID', NULL`);
assert.equal(await answerTo('invariants_ruled', last), null);

await db.query('DROP SCHEMA invariants_ruled, invariants_bare CASCADE');
await db.end();
