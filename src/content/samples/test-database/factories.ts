import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS test_factories CASCADE;
  CREATE SCHEMA test_factories;
  SET search_path TO test_factories;
  CREATE TABLE account (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    role  text NOT NULL
  );
  CREATE TABLE purchase (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id integer NOT NULL REFERENCES account,
    cents      integer NOT NULL,
    paid       boolean NOT NULL
  );
`);

const reset = () => db.query('TRUNCATE account, purchase RESTART IDENTITY');

async function total(where: string): Promise<number> {
  const { rows } = await db.query<{ total: number }>(
    `SELECT coalesce(sum(cents), 0)::int AS total FROM purchase WHERE ${where}`,
  );
  return rows[0]?.total ?? 0;
}
const rowsOf = async (table: string) =>
  (await db.query(`SELECT FROM ${table}`)).rowCount;
const pay = (id: number) =>
  db.query('UPDATE purchase SET paid = true WHERE id = $1', [id]);

type Tests = Record<string, () => Promise<void>>;

// #region factories
/** One set of rows for all tests, which know it by heart. */
const fixture = `
  INSERT INTO account (email, role)
  VALUES ('ada@example.com', 'admin'), ('ben@example.com', 'member');
  INSERT INTO purchase (account_id, cents, paid)
  VALUES (1, 1000, true), (2, 500, false);`;

const withFixture: Tests = {
  'lists accounts': async () => assert.equal(await rowsOf('account'), 2),
  'adds up what is paid': async () => assert.equal(await total('paid'), 1000),
  'adds up what is due': async () => assert.equal(await total('NOT paid'), 500),
  async pays() {
    await pay(2);
    assert.equal(await total('paid'), 1500);
  },
};

let serial = 0;
/** A valid account that nobody else has; a test says what matters to it. */
async function anAccount({ role = 'member' } = {}): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    'INSERT INTO account (email, role) VALUES ($1, $2) RETURNING id',
    [`user-${(serial += 1)}@example.com`, role],
  );
  return rows[0]?.id ?? assert.fail();
}

/** A purchase, with an account for it if the test has none. */
async function aPurchase({ cents = 100, paid = false, by = 0 } = {}) {
  const { rows } = await db.query<{ id: number; account: number }>(
    `INSERT INTO purchase (account_id, cents, paid) VALUES ($1, $2, $3)
     RETURNING id, account_id AS account`,
    [by || (await anAccount()), cents, paid],
  );
  return rows[0] ?? assert.fail();
}

const withFactories: Tests = {
  async 'lists accounts'() {
    const ids = [await anAccount(), await anAccount({ role: 'admin' })];
    const { rowCount } = await db.query(
      'SELECT FROM account WHERE id = ANY($1)',
      [ids],
    );
    assert.equal(rowCount, 2);
  },
  async 'adds up what is paid'() {
    const { account } = await aPurchase({ cents: 700, paid: true });
    await aPurchase({ cents: 300, paid: true, by: account });
    assert.equal(await total(`paid AND account_id = ${account}`), 1000);
  },
  async 'adds up what is due'() {
    const { account } = await aPurchase({ cents: 500 });
    assert.equal(await total(`NOT paid AND account_id = ${account}`), 500);
  },
  async pays() {
    const { id, account } = await aPurchase({ cents: 500 });
    await pay(id);
    assert.equal(await total(`paid AND account_id = ${account}`), 500);
  },
};
// #endregion factories

/** How many tests fail, one after the other on the same database. */
async function failures(tests: Tests, before: string, backwards = false) {
  await reset();
  await db.query(before);
  const order = Object.values(tests);
  let failed = 0;
  for (const test of backwards ? order.reverse() : order) {
    await test().catch((error: Error) => {
      if (error.name !== 'AssertionError') throw error;
      failed += 1;
    });
  }
  return failed;
}

// Somebody needs an account with an unpaid purchase, for a new test.
const more = `
  INSERT INTO account (email, role) VALUES ('eve@example.com', 'member');
  INSERT INTO purchase (account_id, cents, paid)
  SELECT max(id), 200, false FROM account;`;

const row = (...cells: unknown[]) =>
  cells
    .map((cell, at) => String(cell).padEnd(at ? 12 : 26))
    .join('')
    .trimEnd();
console.log(row('failed, of 4', 'fixture', 'factories'));
const results = [];
for (const [name, rows, backwards] of [
  ['as they were written', '', false],
  ['in the opposite order', '', true],
  ['after one more account', more, false],
] as const) {
  const shared = await failures(withFixture, fixture + rows, backwards);
  const own = await failures(withFactories, rows, backwards);
  console.log(row(name, shared, own));
  results.push([shared, own]);
}
assert.deepEqual(results, [
  [0, 0],
  [2, 0],
  [2, 0],
]);

await db.query('DROP SCHEMA test_factories CASCADE');
await db.end();
