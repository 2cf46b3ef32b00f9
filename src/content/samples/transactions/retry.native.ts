import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { Client, DatabaseError, Pool, type PoolClient } from 'pg';
import { transaction } from './transaction.ts';

const rival = new Client({ connectionString: process.env.DATABASE_URL });
await rival.connect();
await rival.query(`
  DROP SCHEMA IF EXISTS transactions_retry CASCADE;
  CREATE SCHEMA transactions_retry;
  CREATE TABLE transactions_retry.account (
    id      integer PRIMARY KEY,
    balance integer NOT NULL CHECK (balance >= 0)
  );
  INSERT INTO transactions_retry.account VALUES (1, 100);
  CREATE TABLE transactions_retry.letter (
    account_id integer NOT NULL REFERENCES transactions_retry.account
      DEFERRABLE INITIALLY DEFERRED
  );
  CREATE TABLE transactions_retry.payout (
    request_key text UNIQUE,
    amount      integer NOT NULL
  );
`);

// #region cases
type Work = (
  db: PoolClient,
  attempt: number,
  over: Promise<void>,
) => Promise<unknown>;

const add = (db: Client | PoolClient, amount: number) =>
  db.query(
    `UPDATE transactions_retry.account SET balance = balance + $1
     WHERE id = 1`,
    [amount],
  );

/** With a key, a payout that is there already stays the only one. */
const payOut = (db: PoolClient, key?: string) =>
  db.query(
    `INSERT INTO transactions_retry.payout (request_key, amount)
     VALUES ($1, 60) ON CONFLICT (request_key) DO NOTHING`,
    [key],
  );

let leftRunning: Promise<unknown> | undefined;

const cases: Record<string, Work> = {
  async 'rival, once'(db, attempt) {
    await payOut(db);
    // The snapshot was taken above: this row is newer, when our turn comes.
    if (attempt === 1) await add(rival, 1);
    await add(db, -1);
  },
  async 'rival, every time'(db) {
    await payOut(db);
    await add(rival, 1);
    await add(db, -1);
  },
  async '40P01, once'(db, attempt) {
    await payOut(db);
    if (attempt === 1) await raise(db, '40P01');
  },
  async 'CHECK violated'(db) {
    await payOut(db);
    await add(db, -1_000);
  },
  async 'COMMIT refused'(db) {
    await payOut(db);
    // There is no account 2; a deferred foreign key looks at the end.
    await db.query('INSERT INTO transactions_retry.letter VALUES (2)');
  },
  async 'error swallowed'(db) {
    await payOut(db);
    await add(db, -1_000).catch(() => 'never mind');
  },
  async 'left running'(db, _attempt, over) {
    // As when one promise of Promise.all is rejected: the others go on.
    leftRunning = over.then(() => payOut(db));
    await add(db, -1_000);
  },
  async 'session ended'(db) {
    await payOut(db);
    await db.query('SET LOCAL idle_in_transaction_session_timeout = 10');
    // As when a slow service is called from inside a transaction.
    await new Promise((resolve) => db.once('end', resolve));
    await add(db, -1);
  },
  'COMMIT unanswered': (db) => payOut(db),
  'same, with a key': (db) => payOut(db, 'order-17'),
};
// #endregion cases

/** Raises what a deadlock raises, without the second it takes to find one. */
const raise = (db: PoolClient, code: string) =>
  db.query(`DO $$ BEGIN RAISE SQLSTATE '${code}'; END $$`);

/** A way to the server that falls silent before COMMIT is answered. */
const direct = new URL(process.env.DATABASE_URL ?? '');
const lossy = new URL(direct);
const proxy = createServer((client) => {
  const server = connect(Number(direct.port || 5432), direct.hostname);
  let committing = false;
  client.on('data', (bytes) => {
    committing ||= bytes.includes('COMMIT\0');
    server.write(bytes);
  });
  server.on('data', (bytes) => {
    if (!committing) client.write(bytes);
  });
  client.on('close', () => server.destroy());
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
lossy.hostname = '127.0.0.1';
lossy.port = String((proxy.address() as AddressInfo).port);

/** One call of `transaction`: its attempts, its answer, its connection. */
async function call(work: Work, { href }: URL) {
  const pool = new Pool({
    connectionString: href,
    max: 1,
    // Without it, an answer that got lost is waited for without end.
    query_timeout: href === lossy.href ? 1_000 : 0,
    // An attempt that kept its connection would leave none for the next.
    connectionTimeoutMillis: 5_000,
  });
  pool.on('error', (error) => console.error('idle connection lost', error));
  let attempts = 0;
  let worked = false;
  const over = Promise.withResolvers<void>();
  const told = await transaction(pool, 'REPEATABLE READ', async (db) => {
    attempts += 1;
    await work(db, attempts, over.promise);
    worked = true;
    return 'done';
  }).catch((error: unknown) => {
    if (error instanceof DatabaseError) return String(error.code);
    if (error instanceof Error) return error.message;
    throw error;
  });
  over.resolve();
  // Refused before it was sent; otherwise it would be paid, and seen below.
  await leftRunning?.catch((error: Error) => {
    assert.equal(error.message, 'transaction is over');
  });
  leftRunning = undefined;
  const connection = pool.totalCount === 1 ? 'kept' : 'closed';
  if (connection === 'kept') {
    // As good as new: no transaction is open, and nobody listens any more.
    const client = await pool.connect();
    await client.query('VACUUM transactions_retry.payout');
    assert.equal(client.listenerCount('error'), 0);
    assert.equal(pool.totalCount, 1);
    client.release();
  }
  await pool.end();
  return { attempts, worked, connection, told };
}

const COLUMNS = [18, 6, 5, 7, 0];
const print = (...cells: (string | number)[]) =>
  console.log(
    cells.map((cell, i) => String(cell).padEnd(COLUMNS[i] ?? 0)).join(' '),
  );
async function payouts() {
  const { rows } = await rival.query<{ payouts: number }>(
    'SELECT count(*)::integer AS payouts FROM transactions_retry.payout',
  );
  return rows[0]?.payouts ?? 0;
}

const LOST = 'Query read timeout';
const expected = [
  ['rival, once', 2, 1, 'kept', 'done'],
  ['rival, every time', 5, 0, 'kept', '40001'],
  ['40P01, once', 2, 1, 'kept', 'done'],
  ['CHECK violated', 1, 0, 'kept', '23514'],
  ['COMMIT refused', 1, 0, 'kept', '23503'],
  ['error swallowed', 1, 0, 'kept', 'COMMIT answered ROLLBACK'],
  ['left running', 1, 0, 'kept', '23514'],
  ['session ended', 1, 0, 'closed', '25P03'],
  ['COMMIT unanswered', 1, 1, 'closed', LOST],
  ['  sent again', 1, 2, 'kept', 'done'],
  ['same, with a key', 1, 1, 'closed', LOST],
  ['  sent again', 1, 1, 'kept', 'done'],
];
const seen: typeof expected = [];
const failedAtCommit: string[] = [];
async function show(name: string, work: Work, url: URL) {
  const { attempts, worked, connection, told } = await call(work, url);
  if (worked && told !== 'done') failedAtCommit.push(name);
  seen.push([name, attempts, await payouts(), connection, told]);
}

const unanswered = new Set(['COMMIT unanswered', 'same, with a key']);
for (const [name, work] of Object.entries(cases)) {
  await rival.query('TRUNCATE transactions_retry.payout');
  await show(name, work, unanswered.has(name) ? lossy : direct);
  if (unanswered.has(name)) await show('  sent again', work, direct);
}
print('case', 'tries', 'paid', 'client', 'caller is told');
for (const row of seen) print(...row);
assert.deepEqual(seen, expected);
assert.deepEqual(failedAtCommit, [
  'COMMIT refused',
  'error swallowed',
  ...unanswered,
]);

proxy.close();
await rival.query('DROP SCHEMA transactions_retry CASCADE');
await rival.end();
