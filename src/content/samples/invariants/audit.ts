import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS invariants_audit CASCADE;
  CREATE SCHEMA invariants_audit;
  SET search_path = invariants_audit;
  CREATE TABLE invoice (id integer PRIMARY KEY, total_cents integer NOT NULL);
  CREATE TABLE invoice_line (
    invoice_id integer NOT NULL REFERENCES invoice,
    cents      integer NOT NULL
  );
  CREATE TABLE booking (
    id          integer PRIMARY KEY,
    customer_id integer NOT NULL,
    day         date NOT NULL
  );
  CREATE TABLE applicant (
    id          integer PRIMARY KEY,
    rejected_on date,
    name        text
  );
  INSERT INTO invoice VALUES (1, 300);
  INSERT INTO invoice_line VALUES (1, 100), (1, 200);
  INSERT INTO booking VALUES (1, 1, '2026-05-04'), (2, 1, '2026-05-05');
  INSERT INTO applicant VALUES (1, '2026-01-01', NULL), (2, NULL, 'Bob');
`);

// #region audit
/** Rules that no constraint holds: each finds the rows that break it. */
const AUDIT: Record<string, string> = {
  'an invoice is the sum of its lines': `
    SELECT i.id FROM invoice AS i LEFT JOIN invoice_line AS l
      ON l.invoice_id = i.id
    GROUP BY i.id
    HAVING i.total_cents <> coalesce(sum(l.cents), 0)`,

  // A limit for each customer, which is a limit for abuse as well.
  'three bookings a week at most': `
    SELECT customer_id FROM booking
    GROUP BY customer_id, date_trunc('week', day)
    HAVING count(*) > 3`,

  // Retention: what is to be gone is a rule about data, like any other.
  'the rejected are forgotten after 6 months': `
    SELECT id FROM applicant
    WHERE rejected_on < $1::date - interval '6 months' AND name IS NOT NULL`,
};

/** How many rows break each rule on a given day. Zero is the only good. */
async function violations(today: string) {
  const found: Record<string, number> = {};
  for (const [rule, sql] of Object.entries(AUDIT)) {
    const values = sql.includes('$1') ? [today] : [];
    found[rule] = (await db.query(sql, values)).rowCount ?? 0;
  }
  return found;
}
// #endregion audit

const before = await violations('2026-06-01');

// An import, a repair by hand, a job that has not run: none knows the code.
await db.query(`
  UPDATE invoice_line SET cents = 250 WHERE cents = 200;
  INSERT INTO invoice VALUES (2, 500);
  INSERT INTO booking VALUES (3, 1, '2026-05-06'), (4, 1, '2026-05-10');
  UPDATE applicant SET rejected_on = '2026-05-01' WHERE id = 2;
`);
const after = await violations('2026-06-01');
const inDecember = await violations('2026-12-01');

console.log('rows that break it:'.padEnd(42), 'before  after  December');
for (const rule of Object.keys(AUDIT)) {
  const counts = [before, after, inDecember].map((found) => found[rule]);
  console.log(rule.padEnd(42), counts.join('       '));
}
assert.deepEqual(Object.values(before), [0, 0, 0]);
assert.deepEqual(Object.values(after), [2, 1, 0]);
assert.deepEqual(Object.values(inDecember), [2, 1, 1]);

await db.query('DROP SCHEMA invariants_audit CASCADE');
await db.end();
