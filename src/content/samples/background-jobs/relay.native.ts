import assert from 'node:assert/strict';
import { Client } from 'pg';

const connect = async () => {
  const db = new Client({ connectionString: process.env.DATABASE_URL });
  await db.connect();
  await db.query('SET search_path TO background_jobs_relay');
  return db;
};
const ann = await connect();
const bob = await connect();
const relays = await connect();
await relays.query(`
  DROP SCHEMA IF EXISTS background_jobs_relay CASCADE;
  CREATE SCHEMA background_jobs_relay;
  CREATE TABLE outbox (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job     text NOT NULL,
    sent_at timestamptz
  );
  -- The relay of unsent rows reads these alone, however long the table is.
  CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
`);

// #region relay
type Send = (job: string) => void | Promise<void>;
type Relay = (db: Client, send: Send) => Promise<void>;
type Row = { id: string; job: string };

/** Remembers how far it has come. */
function afterTheLast(): Relay {
  let last = '0';
  return async (db, send) => {
    const { rows } = await db.query<Row>(
      'SELECT id, job FROM outbox WHERE id > $1 ORDER BY id LIMIT 100',
      [last],
    );
    for (const { id, job } of rows) {
      await send(job);
      last = id;
    }
  };
}

/** Asks each row whether it has been sent. */
function unsent(): Relay {
  return async (db, send) => {
    await db.query('BEGIN');
    try {
      const { rows } = await db.query<Row>(
        `SELECT id, job FROM outbox WHERE sent_at IS NULL
         ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED`,
      );
      for (const { job } of rows) await send(job);
      await db.query('UPDATE outbox SET sent_at = now() WHERE id = ANY ($1)', [
        rows.map(({ id }) => id),
      ]);
      await db.query('COMMIT');
    } catch (error) {
      // All of them are sent again: the rows must not stay locked.
      await db.query('ROLLBACK').catch(() => {});
      throw error;
    }
  };
}

/** Ann writes first and commits last; the relay runs after each commit. */
async function sentBy(relay: Relay): Promise<string[][]> {
  const sent: string[][] = [];
  const runRelay = async () => {
    const jobs: string[] = [];
    await relay(relays, (job) => void jobs.push(job));
    sent.push(jobs);
  };
  const insert = 'INSERT INTO outbox (job) VALUES ($1)';
  await ann.query('BEGIN');
  await ann.query(insert, ["Ann's"]);
  await bob.query(insert, ["Bob's"]);
  await runRelay();
  await ann.query('COMMIT');
  await runRelay();
  await bob.query(insert, ["Cleo's"]);
  await runRelay();
  return sent;
}
// #endregion relay

const expected = {
  afterTheLast: [["Bob's"], [], ["Cleo's"]],
  unsent: [["Bob's"], ["Ann's"], ["Cleo's"]],
};
console.log('sent after:   Bob commits  Ann commits  Cleo commits');
for (const make of [afterTheLast, unsent]) {
  await relays.query('TRUNCATE outbox RESTART IDENTITY');
  const sent = await sentBy(make());
  const cells = sent.map((jobs) => (jobs.join() || 'nothing').padEnd(12));
  console.log(make.name.padEnd(13), cells.join(' ').trim());
  assert.deepEqual(sent, expected[make.name as keyof typeof expected]);
}

await relays.query('DROP SCHEMA background_jobs_relay CASCADE');
for (const db of [ann, bob, relays]) await db.end();
