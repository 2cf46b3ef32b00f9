import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS timestamps_offset CASCADE;
  CREATE SCHEMA timestamps_offset;
  SET search_path TO timestamps_offset;
`);

// #region offset
const TYPES = ['timestamp', 'timestamptz'];

const table = (type: string) => `
  DROP TABLE IF EXISTS event;
  CREATE TABLE event (name text PRIMARY KEY, at ${type} DEFAULT now());
`;

/** Two moments as clients send them: the first is half an hour earlier. */
const SENT = `INSERT INTO event VALUES
  ('sent from Berlin', '2026-11-23T10:00:00+01:00'),
  ('sent from London', '2026-11-23T09:30:00Z')`;

const FIRST = `SELECT min(name) FILTER (WHERE n = 1) AS first,
    extract(epoch FROM max(at) - min(at))::int / 60 AS minutes
  FROM (SELECT *, rank() OVER (ORDER BY at) AS n FROM event) AS ranked`;

/** One moment, written by two sessions in different time zones. */
const DEFAULTS = [
  'BEGIN',
  `SET LOCAL TIME ZONE 'UTC'`,
  `INSERT INTO event VALUES ('by a server in UTC')`,
  `SET LOCAL TIME ZONE 'Asia/Tokyo'`,
  `INSERT INTO event VALUES ('by a laptop in Tokyo')`,
  'COMMIT',
];
// #endregion offset

type Answer = { first: string; minutes: number };
const found: Answer[] = [];
async function tell(type: string) {
  const { rows } = await db.query<Answer>(FIRST);
  const [answer] = rows;
  assert(answer);
  console.log(
    `  ${type}`.padEnd(16),
    answer.first.padEnd(20),
    String(answer.minutes).padStart(5),
  );
  found.push(answer);
}

console.log('10:00+01:00 and 09:30Z');
console.log(' '.repeat(16), 'first               minutes apart');
for (const type of TYPES) {
  await db.query(table(type));
  await db.query(SENT);
  await tell(type);
}
console.log('DEFAULT now(), twice in one transaction');
for (const type of TYPES) {
  await db.query(table(type));
  for (const statement of DEFAULTS) await db.query(statement);
  const { rows } = await db.query<{ hours: number }>(
    `SELECT extract(epoch FROM max(at) - min(at))::int / 3600 AS hours
     FROM event`,
  );
  const hours = rows[0]?.hours ?? NaN;
  console.log(`  ${type}`.padEnd(16), `${hours} hours apart`);
  assert.equal(hours, type === 'timestamp' ? 9 : 0);
}
assert.deepEqual(found, [
  { first: 'sent from London', minutes: 30 },
  { first: 'sent from Berlin', minutes: 30 },
]);

// What a shorter precision does to the last moment of a year.
const { rows } = await db.query<{ at: string }>(
  `SELECT (timestamptz '2026-12-31 23:59:59.9996Z')::timestamptz(3)
          AT TIME ZONE 'UTC' || '' AS at`,
);
console.log('23:59:59.9996 on 31 December 2026, as timestamptz(3)');
console.log(' ', rows[0]?.at);
assert.equal(rows[0]?.at, '2027-01-01 00:00:00');

await db.query('DROP SCHEMA timestamps_offset CASCADE');
await db.end();
