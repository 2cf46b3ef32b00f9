import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  CREATE TEMP TABLE product (id int PRIMARY KEY, name text NOT NULL);
  CREATE TEMP TABLE saved_search (term text NOT NULL);
  CREATE TEMP TABLE account (id int PRIMARY KEY, nickname text NOT NULL,
    role text NOT NULL DEFAULT 'member', password_hash text NOT NULL);
  INSERT INTO product VALUES (1, 'Anvil'), (2, 'Bolt'), (3, 'Crane');
  INSERT INTO account (id, nickname, password_hash) VALUES
    (1, 'ann', 'her hash'), (2, 'eve', 'hash of eve');
`);

const search = 'SELECT name FROM product WHERE';
async function found(text: string, values: unknown[] = []) {
  const { rows } = await db.query<{ name: string }>(text, values);
  return rows.map(({ name }) => name).sort();
}

// #region statements
const searches = {
  'concatenated text': (name: string) => found(`${search} name = '${name}'`),

  'doubled quotes, text': (name: string) =>
    found(`${search} name = '${name.replaceAll("'", "''")}'`),

  // There is no quote to double, and none is needed.
  'doubled quotes, number': (id: string) =>
    found(`${search} id = ${id.replaceAll("'", "''")}`),

  // Saved with a parameter, so it "comes from our own database".
  'stored, then concatenated': async (term: string) => {
    await db.query('INSERT INTO saved_search VALUES ($1)', [term]);
    const { rows } = await db.query<{ term: string }>(
      'DELETE FROM saved_search RETURNING term',
    );
    return found(`${search} name = '${rows[0]?.term ?? ''}'`);
  },

  'parameter, text': (name: string) => found(`${search} name = $1`, [name]),

  'parameter, number': (id: string) => found(`${search} id = $1`, [id]),
};

/** Every value is a parameter, and every key is a piece of the statement. */
function updateOf(changes: Record<string, unknown>) {
  const set = Object.keys(changes).map((key, i) => `${key} = $${i + 2}`);
  const text = `UPDATE account SET ${set.join(', ')} WHERE id = $1`;
  return (id: number) => db.query(text, [id, ...Object.values(changes)]);
}

const COLUMNS = { nickname: 'nickname' } as const;

/** The keys that we know choose among names that we wrote. */
function updateByList(changes: Record<string, unknown>) {
  const known = Object.entries(COLUMNS).filter(([key]) =>
    Object.hasOwn(changes, key),
  );
  if (known.length === 0 || known.length < Object.keys(changes).length) {
    throw new RangeError('unknown or no field');
  }
  return updateOf(
    Object.fromEntries(known.map(([key, column]) => [column, changes[key]])),
  );
}
// #endregion statements

const UNION = 'UNION SELECT password_hash FROM account WHERE id = 1';
console.log(''.padEnd(26), 'honest   attack');
const seen: string[][] = [];
for (const [way, run] of Object.entries(searches)) {
  const outcomes: string[] = [];
  const honest = way.endsWith('number') ? '1' : 'Anvil';
  const attack = way.endsWith('number') ? `0 ${UNION}` : `' ${UNION} --`;
  for (const input of [honest, attack]) {
    const outcome = await run(input).then(
      (names) => names.join(', ') || 'nothing',
      (error: unknown) => {
        assert(error instanceof DatabaseError);
        return `error ${error.code}`;
      },
    );
    outcomes.push(outcome);
  }
  console.log(
    way.padEnd(26),
    outcomes
      .map((o) => o.padEnd(8))
      .join(' ')
      .trim(),
  );
  seen.push(outcomes);
}
assert.deepEqual(seen, [
  ['Anvil', 'her hash'],
  ['Anvil', 'nothing'],
  ['Anvil', 'her hash'],
  ['Anvil', 'her hash'],
  ['Anvil', 'nothing'],
  ['Anvil', 'error 22P02'],
]);

console.log();
const bodies = [{ nickname: 'evie' }, { "nickname = 'evie', role": 'admin' }];
const roles: string[] = [];
for (const [name, statement] of Object.entries({ updateOf, updateByList })) {
  for (const body of bodies) {
    await db.query(`UPDATE account SET nickname = 'eve', role = 'member'`);
    const outcome = await Promise.resolve()
      .then(() => statement(body)(2))
      .then(
        () => 'updated',
        (error: unknown) => {
          assert(error instanceof RangeError);
          return 'refused';
        },
      );
    const { rows } = await db.query<{ nickname: string; role: string }>(
      'SELECT nickname, role FROM account WHERE id = 2',
    );
    const { nickname, role } = rows[0] ?? assert.fail();
    const what = body === bodies[0] ? 'honest' : 'attack';
    console.log(
      `${name} ${what}:`.padEnd(26),
      `${outcome}, ${nickname} ${role}`,
    );
    roles.push(`${outcome} ${role}`);
  }
}
assert.deepEqual(roles, [
  'updated member',
  'updated admin',
  'updated member',
  'refused member',
]);
await db.end();
