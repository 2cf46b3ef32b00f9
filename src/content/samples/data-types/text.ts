import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS data_types_text CASCADE;
  CREATE SCHEMA data_types_text;
  SET search_path TO data_types_text;
`);

// #region text
await db.query(`
  CREATE TABLE person (
    as_char    char(6),
    as_varchar varchar(6),
    as_text    text CONSTRAINT name_at_most_6 CHECK (length(as_text) <= 6)
  );
`);
const COLUMNS = ['as_char', 'as_varchar', 'as_text'];

/** What was stored, in brackets, or how it was refused. */
async function stored(column: string, value: string): Promise<string> {
  try {
    const { rows } = await db.query<{ value: string }>(
      `INSERT INTO person (${column}) VALUES ($1)
       RETURNING format('[%s]', ${column}) AS value`,
      [value],
    );
    return rows[0]?.value ?? '';
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return `${error.code} ${error.constraint ?? error.column ?? 'unnamed'}`;
  }
}

/** A cast is no check: it cuts. */
const CAST = 'INSERT INTO person (as_varchar) VALUES ($1::varchar(6))';
// #endregion text

const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([20, 16, 16, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
print('', ...COLUMNS);
const found: string[][] = [];
for (const value of ['Ann', 'Ann     ', 'Annabelle']) {
  const cells: string[] = [];
  for (const column of COLUMNS) cells.push(await stored(column, value));
  print(JSON.stringify(value), ...cells);
  found.push(cells);
}
assert.deepEqual(found, [
  ['[Ann   ]', '[Ann]', '[Ann]'],
  ['[Ann   ]', '[Ann   ]', '23514 name_at_most_6'],
  ['22001 unnamed', '22001 unnamed', '23514 name_at_most_6'],
]);

const { rows } = await db.query<{ as_varchar: string }>(
  `${CAST} RETURNING as_varchar`,
  ['Annabelle'],
);
console.log(`'Annabelle'::varchar(6)`.padEnd(35), `[${rows[0]?.as_varchar}]`);
assert.equal(rows[0]?.as_varchar, 'Annabe');

await db.query('DROP SCHEMA data_types_text CASCADE');
await db.end();
