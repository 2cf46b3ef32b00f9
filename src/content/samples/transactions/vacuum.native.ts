import assert from 'node:assert/strict';
import { Client } from 'pg';

const connectionString = process.env.DATABASE_URL;
const [writer, idler] = [
  new Client({ connectionString }),
  new Client({ connectionString }),
];
await Promise.all([writer.connect(), idler.connect()]);

// #region vacuum
/** What a session did before it went idle; never anything to the queue. */
const idlers = {
  'no transaction': 'SELECT FROM transactions_vacuum.other',
  'READ COMMITTED, has read': 'BEGIN; SELECT FROM transactions_vacuum.other',
  'READ COMMITTED, has written':
    'BEGIN; INSERT INTO transactions_vacuum.other DEFAULT VALUES',
  'REPEATABLE READ, has read': `
    BEGIN ISOLATION LEVEL REPEATABLE READ;
    SELECT FROM transactions_vacuum.other`,
};

/** Updates 10,000 rows ten times over, with VACUUM after each round. */
async function churn() {
  let kept: string | undefined;
  const onNotice = ({ message = '' }) => {
    const [, count] =
      /(\d+) are dead but not yet removable/.exec(message) ?? [];
    kept = count ?? kept;
  };
  writer.on('notice', onNotice);
  for (let round = 0; round < 10; round += 1) {
    await writer.query(
      'UPDATE transactions_vacuum.queue SET tries = tries + 1',
    );
    await writer.query('VACUUM (VERBOSE) transactions_vacuum.queue');
  }
  writer.off('notice', onNotice);
  const { rows } = await writer.query<{ pages: number }>(
    `SELECT pg_relation_size('transactions_vacuum.queue')::integer / 8192
       AS pages`,
  );
  return { kept: Number(kept), pages: rows[0]?.pages };
}
// #endregion vacuum

const expected = [
  { kept: 0, pages: 89 },
  { kept: 0, pages: 89 },
  { kept: 100_000, pages: 487 },
  { kept: 100_000, pages: 487 },
];
const seen: Awaited<ReturnType<typeof churn>>[] = [];
console.log('idle session                  dead rows kept  pages');
for (const [name, statements] of Object.entries(idlers)) {
  await writer.query(`
    DROP SCHEMA IF EXISTS transactions_vacuum CASCADE;
    CREATE SCHEMA transactions_vacuum;
    CREATE TABLE transactions_vacuum.other (n integer);
    CREATE TABLE transactions_vacuum.queue (id integer, tries integer)
      WITH (autovacuum_enabled = off);
    INSERT INTO transactions_vacuum.queue SELECT n, 0
    FROM generate_series(1, 10000) AS n;
  `);
  await idler.query(statements);
  const cost = await churn();
  await idler.query('ROLLBACK');
  seen.push(cost);
  console.log(
    name.padEnd(27),
    cost.kept.toLocaleString('en').padStart(16),
    String(cost.pages).padStart(6),
  );
}
assert.deepEqual(seen, expected);

await writer.query('DROP SCHEMA transactions_vacuum CASCADE');
await Promise.all([writer.end(), idler.end()]);
