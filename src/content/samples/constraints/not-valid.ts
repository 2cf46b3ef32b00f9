import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS constraints_not_valid CASCADE;
  CREATE SCHEMA constraints_not_valid;
  SET search_path TO constraints_not_valid;
  CREATE TABLE customer (id int PRIMARY KEY);
  INSERT INTO customer SELECT generate_series(1, 100);
`);

// #region steps
/** Rows 1 to 1,000, of which three break the rule that is to come. */
const fill = (bad: string) => `
  DROP TABLE IF EXISTS purchase;
  CREATE TABLE purchase (
    id int PRIMARY KEY, customer_id int, cents int, note text
  );
  INSERT INTO purchase SELECT n, 1 + n % 100, n
  FROM generate_series(1, 1000) AS n;
  UPDATE purchase SET ${bad} WHERE id IN (10, 20, 30);
`;

const RULES = {
  check: { bad: 'cents = -1', rule: 'CHECK (cents >= 0)' },
  'foreign key': {
    bad: 'customer_id = 999',
    rule: 'FOREIGN KEY (customer_id) REFERENCES customer',
  },
  // PostgreSQL 18 knows a NOT NULL by its name, like any other constraint.
  'not null': { bad: 'customer_id = NULL', rule: 'NOT NULL customer_id' },
};

const add = (rule: string) =>
  `ALTER TABLE purchase ADD CONSTRAINT kept ${rule}`;
const VALIDATE = 'ALTER TABLE purchase VALIDATE CONSTRAINT kept';
const REPAIR = 'DELETE FROM purchase WHERE id IN (10, 20, 30)';
const newBadRow = (bad: string) => `UPDATE purchase SET ${bad} WHERE id = 500`;
/** Touches an old row that breaks the rule, and leaves what breaks it. */
const TOUCH = `UPDATE purchase SET note = 'called' WHERE id = 10`;
// #endregion steps

/** `done`, or the SQLSTATE with which the database refused. */
async function outcomeOf(statement: string): Promise<string> {
  try {
    await db.query(statement);
    return 'done';
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

async function storyOf({ bad, rule }: { bad: string; rule: string }) {
  await db.query(fill(bad));
  return {
    'ADD CONSTRAINT': await outcomeOf(add(rule)),
    'ADD CONSTRAINT ... NOT VALID': await outcomeOf(add(`${rule} NOT VALID`)),
    '  a row that breaks it from now on': await outcomeOf(newBadRow(bad)),
    '  an old one, in another column': await outcomeOf(TOUCH),
    '  VALIDATE CONSTRAINT': await outcomeOf(VALIDATE),
    'repaired, and VALIDATE CONSTRAINT': await (async () => {
      await db.query(REPAIR);
      return outcomeOf(VALIDATE);
    })(),
  };
}

const stories = [];
for (const rule of Object.values(RULES)) stories.push(await storyOf(rule));
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([35, 9, 13, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
print('', ...Object.keys(RULES));
for (const step of Object.keys(stories[0] ?? {})) {
  const cells = stories.map((story) => story[step as keyof typeof story]);
  print(step, ...cells);
}
const told = stories.map((story) => Object.values(story).join(' '));
assert.deepEqual(told, [
  '23514 done 23514 23514 23514 done',
  '23503 done 23503 done 23503 done',
  '23502 done 23502 23502 23502 done',
]);

await db.query('DROP SCHEMA constraints_not_valid CASCADE');
await db.end();
