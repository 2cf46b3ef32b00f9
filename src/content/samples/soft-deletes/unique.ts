import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS soft_deletes_unique CASCADE;
  CREATE SCHEMA soft_deletes_unique;
  SET search_path TO soft_deletes_unique;
`);

// #region unique
/** Three ways to say that an address belongs to one account. */
const WAYS = {
  'UNIQUE (email)': 'ALTER TABLE account ADD UNIQUE (email)',

  'UNIQUE (email, deleted_at)':
    'ALTER TABLE account ADD UNIQUE (email, deleted_at)',

  'partial, WHERE deleted_at IS NULL': `
    CREATE UNIQUE INDEX account_email_live ON account (email)
    WHERE deleted_at IS NULL`,
};

const TABLE = `
  DROP TABLE IF EXISTS account;
  CREATE TABLE account (
    id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text NOT NULL,
    deleted_at timestamptz
  );
`;
const signUp = `INSERT INTO account (email) VALUES ('ann@example.com')`;
const leave = `UPDATE account SET deleted_at = now() WHERE deleted_at IS NULL`;
const restore = `UPDATE account SET deleted_at = NULL WHERE id = 1`;

/** The condition belongs in ON CONFLICT too, or no index is found. */
const ifFree = `${signUp} ON CONFLICT (email) DO NOTHING`;
const ifFreeAmongLive = `${signUp}
  ON CONFLICT (email) WHERE deleted_at IS NULL DO NOTHING`;
// #endregion unique

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

const found: string[] = [];
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([35, 8, 9, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
print('', 'again', 'twice', 'restored');
for (const [name, way] of Object.entries(WAYS)) {
  await db.query(TABLE);
  await db.query(way);
  await db.query(signUp);
  await db.query(leave);
  const again = await outcomeOf(signUp);
  const twice = await outcomeOf(signUp);
  const restored = await outcomeOf(restore);
  print(name, again, twice, restored);
  found.push(`${again} ${twice} ${restored}`);
}
assert.deepEqual(found, [
  '23505 23505 done',
  'done done done',
  'done 23505 23505',
]);

const plain = await outcomeOf(ifFree);
const withPredicate = await outcomeOf(ifFreeAmongLive);
console.log('ON CONFLICT (email)'.padEnd(42), plain);
console.log('  with WHERE deleted_at IS NULL'.padEnd(42), withPredicate);
assert.deepEqual([plain, withPredicate], ['42P10', 'done']);

const referred = await outcomeOf(
  'CREATE TABLE letter (email text REFERENCES account (email))',
);
console.log('REFERENCES account (email)'.padEnd(42), referred);
assert.equal(referred, '42830');

await db.query('DROP SCHEMA soft_deletes_unique CASCADE');
await db.end();
