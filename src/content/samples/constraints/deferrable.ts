import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS constraints_deferrable CASCADE;
  CREATE SCHEMA constraints_deferrable;
  SET search_path TO constraints_deferrable;
`);

// #region deferrable
/** A list of three, in an order that its readers can change. */
const list = (deferrable: string) => `
  DROP TABLE IF EXISTS item;
  CREATE TABLE item (
    id int PRIMARY KEY, position int NOT NULL UNIQUE ${deferrable}
  );
  INSERT INTO item VALUES (1, 1), (2, 2), (3, 3);
`;

/** Makes room at the top: on the way, two items share a position. */
const shift = ['UPDATE item SET position = position + 1'];

/** Exchanges two items, in two statements. */
const swap = [
  'UPDATE item SET position = 2 WHERE id = 1',
  'UPDATE item SET position = 1 WHERE id = 2',
];
const later = 'SET CONSTRAINTS ALL DEFERRED';

const upsert = [
  'INSERT INTO item VALUES (4, 3) ON CONFLICT (position) DO NOTHING',
];
// #endregion deferrable

/** What happened, and where: at a statement, or not until COMMIT. */
async function outcomeOf(...statements: string[]): Promise<string> {
  await db.query('BEGIN');
  let at = 'statement';
  try {
    for (const statement of statements) await db.query(statement);
    at = 'COMMIT';
    await db.query('COMMIT');
    return 'done';
  } catch (error) {
    await db.query('ROLLBACK');
    if (!(error instanceof DatabaseError)) throw error;
    return `${error.code} at ${at}`;
  }
}

const found: string[][] = [];
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([30, 20, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
async function row(what: string, ...statements: string[]) {
  const cells: string[] = [];
  for (const kind of ['', 'DEFERRABLE']) {
    await db.query(list(kind));
    cells.push(await outcomeOf(...statements));
  }
  print(what, ...cells);
  found.push(cells);
}
print('', 'UNIQUE', 'UNIQUE DEFERRABLE');
await row('position + 1', ...shift);
await row('swap', ...swap);
await row('swap, SET CONSTRAINTS', later, ...swap);
await row('half a swap, SET CONSTRAINTS', later, swap[0] ?? '');
await row('ON CONFLICT DO NOTHING', ...upsert);
assert.deepEqual(found, [
  ['23505 at statement', 'done'],
  ['23505 at statement', '23505 at statement'],
  ['23505 at statement', 'done'],
  ['23505 at statement', '23505 at COMMIT'],
  ['done', '55000 at statement'],
]);

await db.query('DROP SCHEMA constraints_deferrable CASCADE');
await db.end();
