import assert from 'node:assert/strict';
import { Client } from 'pg';
import { buffersOf, printSteps, warmStepsOf } from './plan.ts';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS explain_limit CASCADE;
  CREATE SCHEMA explain_limit;
  SET search_path TO explain_limit;
  SET max_parallel_workers_per_gather = 0;
`);

// #region limit
await db.query(`
  CREATE TABLE message (
    id      int PRIMARY KEY,
    room_id int NOT NULL,
    body    text NOT NULL
  ) WITH (autovacuum_enabled = off);
  -- Twenty rooms; room 0 was closed long ago, and has the oldest messages.
  INSERT INTO message
  SELECT n, CASE WHEN n <= 5000 THEN 0 ELSE 1 + n % 19 END, 'Message ' || n
  FROM generate_series(1, 100000) AS n;
  CREATE INDEX message_room ON message (room_id);
  -- ANALYZE looks at 300 rows for each step: enough for the whole table.
  ALTER TABLE message ALTER room_id SET STATISTICS 400;
`);
await db.query('VACUUM (ANALYZE) message');

const latestOf = (room: number) =>
  `SELECT id, body FROM message WHERE room_id = ${room} ORDER BY id DESC`;

const busyRoom = await warmStepsOf(db, `${latestOf(7)} LIMIT 20`);
const closedRoom = await warmStepsOf(db, `${latestOf(0)} LIMIT 20`);
const withoutLimit = await warmStepsOf(db, latestOf(0));

await db.query('CREATE INDEX message_latest ON message (room_id, id)');
const afterIndex = await warmStepsOf(db, `${latestOf(0)} LIMIT 20`);
// #endregion limit

function print(title: string, steps: typeof busyRoom) {
  const buffers = buffersOf(steps);
  console.log(`${title}: ${buffers} buffers`);
  printSteps(steps);
}
print('room 7, LIMIT 20', busyRoom);
print('\nroom 0, closed long ago, LIMIT 20', closedRoom);
print('\nroom 0, without LIMIT', withoutLimit);
print('\nroom 0, LIMIT 20, index (room_id, id)', afterIndex);

const [, scan] = closedRoom;
// Everything that is newer than the room's last message.
assert.equal(scan?.dropped, 95_000);
// The estimate is right: 5,000 rows match. Where they lie, it does not know.
assert.equal(scan.estimated, 5_000);
assert(buffersOf(busyRoom) < 10);
assert(buffersOf(closedRoom) > 20 * buffersOf(withoutLimit));
assert(buffersOf(afterIndex) < 5);

await db.query('DROP SCHEMA explain_limit CASCADE');
await db.end();
