import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`SET TIME ZONE 'UTC'`);

// #region dst
// In Berlin, clocks went from +02:00 to +01:00 on 25 October 2026 at 03:00.
const MEETING = `timestamptz '2026-10-22 09:00 Europe/Berlin'`;

/** The same meeting a week later, on the clock in the meeting room. */
const WEEK_LATER = {
  "+ interval '7 days'": `${MEETING} + interval '7 days'`,
  '+ 7 × 24 hours': `${MEETING} + interval '168 hours'`,
  'date_add, Berlin': `date_add(${MEETING}, '7 days', 'Europe/Berlin')`,
};

/** A purchase half an hour after midnight in Berlin. */
const PURCHASE = `timestamptz '2026-10-26 00:30 Europe/Berlin'`;
const DAYS = {
  '::date': `${PURCHASE}::date::timestamp`,
  "date_trunc('day', at)": `date_trunc('day', ${PURCHASE})`,
  "date_trunc('day', at, zone)": `
    date_trunc('day', ${PURCHASE}, 'Europe/Berlin')
    AT TIME ZONE 'Europe/Berlin'`,
};

/** Times that a clock in Berlin showed never, or twice. */
const CLOCK = {
  '29 March, 02:30': `timestamptz '2026-03-29 02:30 Europe/Berlin'`,
  '25 October, 02:30': `timestamptz '2026-10-25 02:30 Europe/Berlin'`,
};
// #endregion dst

async function valueOf(expression: string): Promise<string> {
  const { rows } = await db.query<{ value: string }>(
    `SELECT ${expression} AS value`,
  );
  return rows[0]?.value ?? '';
}
const inBerlin = (expression: string) =>
  valueOf(`to_char((${expression}) AT TIME ZONE 'Europe/Berlin', 'HH24:MI')`);
const dayOf = (expression: string) =>
  valueOf(`to_char((${expression}), 'DD FMMonth')`);
const inUtc = (expression: string) =>
  valueOf(`to_char((${expression}) AT TIME ZONE 'UTC', 'HH24:MI')`);

const found: string[] = [];
async function tell(
  title: string,
  entries: Record<string, string>,
  shown: (expression: string) => Promise<string>,
) {
  console.log(title);
  for (const [name, expression] of Object.entries(entries)) {
    const value = await shown(expression);
    found.push(value);
    console.log(`  ${name.padEnd(28)}`, value);
  }
}
await tell('09:00 in Berlin, a week later', WEEK_LATER, inBerlin);
await tell('day of a purchase on 26 October, 00:30', DAYS, dayOf);
await tell('Berlin clock, in UTC', CLOCK, inUtc);
assert.deepEqual(found, [
  ...['08:00', '08:00', '09:00'],
  ...['25 October', '25 October', '26 October'],
  ...['01:30', '01:30'],
]);

const hours = await valueOf(`extract(epoch FROM
  timestamptz '2026-10-26 00:00 Europe/Berlin'
  - timestamptz '2026-10-25 00:00 Europe/Berlin')::int / 3600`);
console.log('hours of 25 October in Berlin  ', hours);
assert.equal(Number(hours), 25);

await db.end();
