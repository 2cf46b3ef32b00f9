import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS timestamps_now CASCADE;
  CREATE SCHEMA timestamps_now;
  SET search_path TO timestamps_now;
`);

// #region now
await db.query(`
  CREATE TABLE step (
    n           int PRIMARY KEY,
    began_at    timestamptz NOT NULL DEFAULT now(),
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
`);

/** Three steps of one job, which take their time. */
async function run() {
  await db.query('BEGIN');
  for (const n of [1, 2, 3]) {
    await db.query('INSERT INTO step (n) VALUES ($1)', [n]);
    await db.query('SELECT pg_sleep(0.02)');
  }
  await db.query('COMMIT');
}

const TOLD = `
  SELECT count(DISTINCT began_at)::int    AS by_now,
         count(DISTINCT happened_at)::int AS by_clock,
         max(began_at) = min(began_at)    AS took_no_time,
         bool_and(began_at <= happened_at) AS began_first
  FROM step`;
// #endregion now

await run();
const { rows } = await db.query<{
  by_now: number;
  by_clock: number;
  took_no_time: boolean;
  began_first: boolean;
}>(TOLD);
const [told] = rows;
assert(told);
console.log('moments of three steps, by now()            ', told.by_now);
console.log('moments of three steps, by clock_timestamp()', told.by_clock);
console.log('the job took no time, by now()              ', told.took_no_time);
assert.deepEqual(told, {
  by_now: 1,
  by_clock: 3,
  took_no_time: true,
  began_first: true,
});

await db.query('DROP SCHEMA timestamps_now CASCADE');
await db.end();
