import assert from 'node:assert/strict';
import { DatabaseError } from 'pg';
import { blockersOf, connect, type Session } from './sessions.ts';

const config = {
  connectionString: process.env.DATABASE_URL,
  options: '-c search_path=locks_lock_queue',
};
const observer = await connect('observer', config);
await observer.db.query(`
  DROP SCHEMA IF EXISTS locks_lock_queue CASCADE;
  CREATE SCHEMA locks_lock_queue;
  CREATE TABLE purchase (id integer PRIMARY KEY);
  INSERT INTO purchase VALUES (1);
`);
const [ann, bob, cleo, dan] = [
  await connect('Ann', config),
  await connect('Bob', config),
  await connect('Cleo', config),
  await connect('Dan', config),
];
const people = [ann, bob, cleo, dan];

// #region queue
/** Starts a statement; tells whom it waits for, if it has to. */
async function start(session: Session, statement: string) {
  const answer = outcomeOf(session, statement);
  const pids = await blockersOf(observer, session, answer);
  const names = people.filter(({ pid }) => pids.includes(pid));
  return { answer, waitsFor: names.map(({ name }) => name).join(', ') };
}

async function outcomeOf({ db }: Session, statement: string) {
  try {
    await db.query(statement);
    return 'done';
  } catch (error) {
    if (error instanceof DatabaseError) return `error ${error.code}`;
    throw error;
  }
}

const ALTER = 'ALTER TABLE purchase ADD COLUMN note text';

/** Ann has read a row and sits in her transaction; Bob changes the table. */
async function migrate() {
  await ann.db.query('BEGIN; SELECT FROM purchase');
  const bobs = await start(bob, ALTER);
  const cleos = await start(cleo, 'SELECT id FROM purchase');
  const dans = await start(dan, 'INSERT INTO purchase VALUES (2)');
  return { bobs, cleos, dans };
}
// #endregion queue

type Started = Awaited<ReturnType<typeof start>>;
const told = ({ waitsFor }: Started) =>
  waitsFor ? `waits for ${waitsFor}` : 'runs';
const print = (who: string, what: string, how: string) =>
  console.log(who.padEnd(6) + what.padEnd(38) + how);

/** Everything back to the start: Ann's transaction over, the column gone. */
async function reset() {
  await observer.db.query(`
    ALTER TABLE purchase DROP COLUMN IF EXISTS note;
    DELETE FROM purchase WHERE id = 2;
  `);
}

print('Ann', 'BEGIN; SELECT', 'idle in transaction');
const without = await migrate();
print('Bob', 'ALTER TABLE, no lock_timeout', told(without.bobs));
print('Cleo', 'SELECT', told(without.cleos));
print('Dan', 'INSERT', told(without.dans));
assert.equal(without.bobs.waitsFor, 'Ann');
assert.equal(without.cleos.waitsFor, 'Bob');
assert.equal(without.dans.waitsFor, 'Bob');
await ann.db.query('COMMIT');
assert.equal(await without.bobs.answer, 'done');
assert.equal(await without.cleos.answer, 'done');
assert.equal(await without.dans.answer, 'done');
print('Ann', 'COMMIT, an hour later', 'Bob, Cleo and Dan go on');
await reset();

console.log();
print('Ann', 'BEGIN; SELECT', 'idle in transaction');
await ann.db.query('BEGIN; SELECT FROM purchase');
await bob.db.query("SET lock_timeout = '50ms'");
const bobs = await outcomeOf(bob, ALTER);
print('Bob', "ALTER TABLE, lock_timeout = '50ms'", bobs);
assert.equal(bobs, 'error 55P03');
const cleos = await start(cleo, 'SELECT id FROM purchase');
const dans = await start(dan, 'INSERT INTO purchase VALUES (2)');
print('Cleo', 'SELECT', told(cleos));
print('Dan', 'INSERT', told(dans));
assert.deepEqual([cleos.waitsFor, dans.waitsFor], ['', '']);
await ann.db.query('COMMIT');

await observer.db.query('DROP SCHEMA locks_lock_queue CASCADE');
await Promise.all([observer, ...people].map(({ db }) => db.end()));
