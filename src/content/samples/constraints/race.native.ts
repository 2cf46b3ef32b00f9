import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';

const connect = async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query('SET search_path TO constraints_race, public');
  return client;
};
const [ann, bob, observer] = [
  await connect(),
  await connect(),
  await connect(),
];
await observer.query(`
  DROP SCHEMA IF EXISTS constraints_race CASCADE;
  CREATE SCHEMA constraints_race;
  -- Lets a GiST index compare the room as well.
  CREATE EXTENSION IF NOT EXISTS btree_gist;
`);

const EMAIL = ['ann@example.com'];
/** The same room, from ten to eleven, and half an hour later. */
const bookingOf = (db: Client) => [
  7,
  db === ann
    ? '[2026-11-23 10:00Z, 2026-11-23 11:00Z)'
    : '[2026-11-23 10:30Z, 2026-11-23 11:30Z)',
];

// #region ways
await observer.query(`
  CREATE TABLE bare_account (email text NOT NULL);
  CREATE TABLE account (
    email text NOT NULL CONSTRAINT account_email_free UNIQUE
  );
  CREATE TABLE bare_booking (room int NOT NULL, during tstzrange NOT NULL);
  CREATE TABLE booking (
    room   int NOT NULL,
    during tstzrange NOT NULL,
    CONSTRAINT booking_room_free
      EXCLUDE USING gist (room WITH =, during WITH &&)
  );
`);

/** Signs up or books, and tells how that went. */
type Way = (db: Client, othersRun: () => Promise<void>) => Promise<string>;

/** Asks first, then inserts: between the two, anything can happen. */
const checkThenInsert: Way = async (db, othersRun) => {
  const { rowCount } = await db.query(
    'SELECT FROM bare_account WHERE email = $1',
    EMAIL,
  );
  await othersRun();
  if (rowCount !== 0) return 'taken';
  await db.query('INSERT INTO bare_account VALUES ($1)', EMAIL);
  return 'done';
};

const checkThenBook: Way = async (db, othersRun) => {
  const { rowCount } = await db.query(
    'SELECT FROM bare_booking WHERE room = $1 AND during && $2',
    bookingOf(db),
  );
  await othersRun();
  if (rowCount !== 0) return 'taken';
  await db.query('INSERT INTO bare_booking VALUES ($1, $2)', bookingOf(db));
  return 'done';
};

/** Inserts, and knows each refusal by the name of its constraint. */
async function inserted(db: Client, statement: string, values: unknown[]) {
  try {
    await db.query(statement, values);
    return 'done';
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.constraint === 'account_email_free') return 'taken';
    if (error.constraint === 'booking_room_free') return 'taken';
    throw error;
  }
}

const insert: Way = async (db, othersRun) => {
  const told = await inserted(db, 'INSERT INTO account VALUES ($1)', EMAIL);
  await othersRun();
  return told;
};

const book: Way = async (db, othersRun) => {
  const booked = 'INSERT INTO booking VALUES ($1, $2)';
  const told = await inserted(db, booked, bookingOf(db));
  await othersRun();
  return told;
};

/** Raises no error, so that the transaction can go on. */
const insertIfFree: Way = async (db, othersRun) => {
  const { rowCount } = await db.query(
    'INSERT INTO account VALUES ($1) ON CONFLICT (email) DO NOTHING',
    EMAIL,
  );
  await othersRun();
  return rowCount === 1 ? 'done' : 'taken';
};
// #endregion ways

/** A session's transaction that stands still once, until `goOn` is called. */
function begin(db: Client, way: Way) {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const told = (async () => {
    await db.query('BEGIN');
    const answer = await way(db, async () => {
      reached.resolve();
      await goOn.promise;
    });
    // After a refused statement there is nothing left to commit.
    await db.query(answer === 'done' ? 'COMMIT' : 'ROLLBACK');
    return answer;
  })();
  const standsStill = Promise.race([reached.promise, told]);
  return { standsStill, goOn: goOn.resolve, told };
}

const { rows: pids } = await bob.query<{ pid: number }>(
  'SELECT pg_backend_pid() AS pid',
);

/** Whether Bob's session ran into a lock before it stood still. */
async function bobWaits(standsStill: Promise<unknown>): Promise<boolean> {
  let still = false;
  void standsStill.then(() => (still = true));
  while (!still) {
    const { rowCount } = await observer.query(
      `SELECT FROM pg_stat_activity
       WHERE pid = $1 AND wait_event_type = 'Lock'`,
      [pids[0]?.pid],
    );
    if (rowCount === 1) return true;
    await sleep(5);
  }
  return false;
}

/** Ann begins, Bob begins, Ann goes on to the end, then Bob does. */
async function race(way: Way) {
  await observer.query('TRUNCATE bare_account, account, bare_booking, booking');
  const first = begin(ann, way);
  await first.standsStill;
  const second = begin(bob, way);
  const waits = await bobWaits(second.standsStill);
  first.goOn();
  assert.equal(await first.told, 'done');
  second.goOn();
  const told = await second.told;
  const { rows } = await observer.query<{ rows: number }>(`
    SELECT (SELECT count(*) FROM bare_account)
         + (SELECT count(*) FROM account)
         + (SELECT count(*) FROM bare_booking)
         + (SELECT count(*) FROM booking) AS rows
  `);
  return { waits, told, rows: Number(rows[0]?.rows) };
}

const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([18, 10, 14, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
print('both sessions', 'Bob', 'Bob is told', 'rows');
for (const way of [
  checkThenInsert,
  insert,
  insertIfFree,
  checkThenBook,
  book,
]) {
  const bare = way.name.startsWith('check');
  const { waits, told, rows } = await race(way);
  print(way.name, waits ? 'waits' : 'runs on', told, String(rows));
  assert.deepEqual(
    { waits, told, rows },
    bare
      ? { waits: false, told: 'done', rows: 2 }
      : { waits: true, told: 'taken', rows: 1 },
  );
}

await observer.query('DROP SCHEMA constraints_race CASCADE');
await Promise.all([ann, bob, observer].map((client) => client.end()));
