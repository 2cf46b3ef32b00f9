import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS data_types_enums CASCADE;
  CREATE SCHEMA data_types_enums;
  SET search_path TO data_types_enums;
`);

// #region ways
/** One column for the state of an order, and what becomes of it. */
interface Way {
  table: string;
  /** The state 'refunded' is added, and an order has it at once. */
  add: string[];
  /** No order is a draft any more. */
  removeDraft: string;
  sorted: string;
}
const INSERT = `INSERT INTO purchase (status) VALUES ('paid'), ('placed')`;
const REFUND = `UPDATE purchase SET status = 'refunded' WHERE id = 1`;
const ID = 'id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY';

const asEnum: Way = {
  table: `CREATE TYPE status AS ENUM ('draft', 'placed', 'paid');
    CREATE TABLE purchase (${ID}, status status NOT NULL)`,
  add: [`ALTER TYPE status ADD VALUE 'refunded' AFTER 'paid'`, REFUND],
  removeDraft: `ALTER TYPE status DROP VALUE 'draft'`,
  sorted: `SELECT status FROM purchase ORDER BY status`,
};

const check = (states: string) => `ADD CONSTRAINT status_known
  CHECK (status IN (${states})) NOT VALID`;
const asText: Way = {
  table: `CREATE TABLE purchase (${ID}, status text NOT NULL);
    ALTER TABLE purchase ${check(`'draft', 'placed', 'paid'`)}`,
  add: [
    `ALTER TABLE purchase DROP CONSTRAINT status_known,
       ${check(`'draft', 'placed', 'paid', 'refunded'`)}`,
    REFUND,
  ],
  removeDraft: `ALTER TABLE purchase DROP CONSTRAINT status_known,
    ${check(`'placed', 'paid', 'refunded'`)}`,
  sorted: `SELECT status FROM purchase ORDER BY status`,
};

/** A table of states, which can say more of a state than its name. */
const asTable: Way = {
  table: `CREATE TABLE status (
      name text PRIMARY KEY, position int NOT NULL, final boolean NOT NULL
    );
    INSERT INTO status VALUES
      ('draft', 1, false), ('placed', 2, false), ('paid', 3, false);
    CREATE TABLE purchase (${ID}, status text NOT NULL REFERENCES status)`,
  add: [`INSERT INTO status VALUES ('refunded', 4, true)`, REFUND],
  removeDraft: `DELETE FROM status WHERE name = 'draft'`,
  sorted: `SELECT status FROM purchase JOIN status ON name = status
    ORDER BY position`,
};
// #endregion ways

/** `done`, or the SQLSTATE with which the database refused. */
async function outcomeOf(...statements: string[]): Promise<string> {
  await db.query('BEGIN');
  try {
    for (const statement of statements) await db.query(statement);
    await db.query('COMMIT');
    return 'done';
  } catch (error) {
    await db.query('ROLLBACK');
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

async function storyOf({ table, add, removeDraft, sorted }: Way) {
  await db.query(`DROP TABLE IF EXISTS purchase, status;
    DROP TYPE IF EXISTS status`);
  await db.query(table);
  await db.query(INSERT);
  const { rows } = await db.query<{ status: string }>(sorted);
  const misspelt = await outcomeOf(
    `INSERT INTO purchase (status) VALUES ('piad')`,
  );
  const together = await outcomeOf(...add);
  const apart: string[] = [];
  for (const statement of together === 'done' ? [] : add) {
    apart.push(await outcomeOf(statement));
  }
  return {
    misspelt,
    together,
    apart: apart.join(', ') || '-',
    removed: await outcomeOf(removeDraft),
    sorted: rows.map(({ status }) => status).join(', '),
  };
}

const told = {
  enum: await storyOf(asEnum),
  text: await storyOf(asText),
  table: await storyOf(asTable),
};
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([32, 14, 14, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
print('', 'enum', 'text + CHECK', 'table');
const row = (what: string, key: keyof typeof told.enum) =>
  print(what, told.enum[key], told.text[key], told.table[key]);
row("'piad', a spelling mistake", 'misspelt');
row('add and use, one transaction', 'together');
row('add, commit, then use', 'apart');
row("remove 'draft', which is unused", 'removed');
row('ORDER BY', 'sorted');
assert.deepEqual(told, {
  enum: {
    misspelt: '22P02',
    together: '55P04',
    apart: 'done, done',
    removed: '0A000',
    sorted: 'placed, paid',
  },
  text: {
    misspelt: '23514',
    together: 'done',
    apart: '-',
    removed: 'done',
    sorted: 'paid, placed',
  },
  table: {
    misspelt: '23503',
    together: 'done',
    apart: '-',
    removed: 'done',
    sorted: 'placed, paid',
  },
});

await db.query('DROP SCHEMA data_types_enums CASCADE');
await db.end();
