import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();

/** Roles belong to the whole server: dropped first, and dropped last. */
const CLEANUP = `
  RESET ROLE;
  DROP SCHEMA IF EXISTS soft_deletes_instead CASCADE;
  DROP ROLE IF EXISTS soft_deletes_app;
`;
const FRESH = `
  ${CLEANUP}
  CREATE SCHEMA soft_deletes_instead;
  SET search_path TO soft_deletes_instead;
  CREATE ROLE soft_deletes_app;
  GRANT USAGE ON SCHEMA soft_deletes_instead TO soft_deletes_app;
`;

// #region instead
/** Temporary tables last, or a caller's own `product_all` would be found. */
const TRUSTED = 'SET search_path = soft_deletes_instead, pg_temp';

/** The table under another name, and a view that takes its place. */
const byView = `
  CREATE TABLE product_all (
    id int PRIMARY KEY, sku text NOT NULL, deleted_at timestamptz
  );
  CREATE UNIQUE INDEX ON product_all (sku) WHERE deleted_at IS NULL;
  CREATE VIEW product AS
    SELECT id, sku FROM product_all WHERE deleted_at IS NULL;

  CREATE FUNCTION hide() RETURNS trigger AS $$
  BEGIN
    UPDATE product_all SET deleted_at = now() WHERE id = OLD.id;
    RETURN OLD;
  END $$ LANGUAGE plpgsql SECURITY DEFINER ${TRUSTED};
  CREATE TRIGGER hidden INSTEAD OF DELETE ON product
  FOR EACH ROW EXECUTE FUNCTION hide();
  GRANT SELECT, INSERT, UPDATE, DELETE ON product TO soft_deletes_app;
`;

/** One table, and a policy that shows its live rows. */
const byPolicy = `
  CREATE TABLE product (
    id int PRIMARY KEY, sku text NOT NULL, deleted_at timestamptz
  );
  CREATE UNIQUE INDEX ON product (sku) WHERE deleted_at IS NULL;
  ALTER TABLE product ENABLE ROW LEVEL SECURITY;
  CREATE POLICY live ON product USING (deleted_at IS NULL);

  CREATE FUNCTION hide_product(wanted text) RETURNS void
  SECURITY DEFINER ${TRUSTED}
  BEGIN ATOMIC
    UPDATE product SET deleted_at = now()
    WHERE sku = wanted AND deleted_at IS NULL;
  END;
  GRANT SELECT, INSERT, UPDATE, DELETE ON product TO soft_deletes_app;
`;

/** A table that deletes, and keeps a copy of what it deleted. */
const byHistory = `
  CREATE TABLE product (id int PRIMARY KEY, sku text NOT NULL UNIQUE);
  CREATE TABLE product_history (
    deleted_at timestamptz NOT NULL DEFAULT now(),
    deleted_by text NOT NULL DEFAULT session_user,
    product    jsonb NOT NULL
  );
  CREATE FUNCTION keep() RETURNS trigger AS $$
  BEGIN
    INSERT INTO product_history (product) VALUES (to_jsonb(OLD));
    RETURN NULL;
  END $$ LANGUAGE plpgsql SECURITY DEFINER ${TRUSTED};
  CREATE TRIGGER kept AFTER DELETE ON product
  FOR EACH ROW EXECUTE FUNCTION keep();
  GRANT SELECT, INSERT, UPDATE, DELETE ON product TO soft_deletes_app;
`;

const DELETE = `DELETE FROM product WHERE sku = 'pot'`;
const CHECK_NOTHING = 'ALTER POLICY live ON product WITH CHECK (true);';
const BY_CALL_ALONE = `
  REVOKE DELETE ON product FROM soft_deletes_app;
  REVOKE EXECUTE ON FUNCTION hide_product FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION hide_product TO soft_deletes_app;
`;
const HIDE = `UPDATE product SET deleted_at = now() WHERE sku = 'pot'`;
const CALL = `SELECT hide_product('pot')`;
const RESTORE = `INSERT INTO product
  SELECT (jsonb_populate_record(NULL::product, product)).*
  FROM product_history`;
// #endregion instead

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

async function countOf(from: string): Promise<string> {
  const { rows } = await db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${from}`,
  );
  return String(rows[0]?.n);
}

/** Tables of a caller, in which the triggers must not write. */
const DECOYS = `
  CREATE TEMP TABLE product_all (id int, deleted_at timestamptz);
  CREATE TEMP TABLE product_history (product jsonb);
`;

/** What the application's role finds after it has deleted one of two. */
async function storyOf(tables: string, remove: string, kept: string) {
  await db.query(FRESH + tables);
  await db.query('SET ROLE soft_deletes_app');
  await db.query(DECOYS);
  await db.query(`INSERT INTO product VALUES (1, 'cup'), (2, 'pot')`);
  const removed = await outcomeOf(remove);
  const seen = await countOf('product');
  const again = await outcomeOf(`INSERT INTO product VALUES (3, 'pot')`);
  await db.query('RESET ROLE');
  await db.query('DISCARD TEMP');
  return { removed, seen, again, kept: await countOf(kept) };
}

const told = {
  view: await storyOf(byView, DELETE, 'product_all'),
  'policy, UPDATE': await storyOf(byPolicy, HIDE, 'product'),
  '  WITH CHECK (true)': await storyOf(
    byPolicy + CHECK_NOTHING,
    HIDE,
    'product',
  ),
  'policy, DELETE': await storyOf(byPolicy, DELETE, 'product'),
  'policy, function': await storyOf(byPolicy + BY_CALL_ALONE, CALL, 'product'),
  history: await storyOf(byHistory, DELETE, 'product_history'),
};
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd([20, 10, 7, 13, 0][i] ?? 0))
      .join('')
      .trimEnd(),
  );
print('', 'removed', 'seen', 'SKU again', 'kept');
for (const [way, { removed, seen, again, kept }] of Object.entries(told)) {
  print(way, removed, seen, again, kept);
}
assert.deepEqual(told, {
  view: { removed: 'done', seen: '1', again: 'done', kept: '3' },
  'policy, UPDATE': { removed: '42501', seen: '2', again: '23505', kept: '2' },
  '  WITH CHECK (true)': {
    removed: '42501',
    seen: '2',
    again: '23505',
    kept: '2',
  },
  'policy, DELETE': { removed: 'done', seen: '1', again: 'done', kept: '2' },
  'policy, function': {
    removed: 'done',
    seen: '1',
    again: 'done',
    kept: '3',
  },
  history: { removed: 'done', seen: '1', again: 'done', kept: '1' },
});

// The last story left a history with the pot, whose SKU is in use again.
const taken = await outcomeOf(RESTORE);
await db.query('DELETE FROM product WHERE id = 3');
await db.query(`DELETE FROM product_history WHERE product->>'id' = '3'`);
const restored = await outcomeOf(RESTORE);
console.log('restore the pot'.padEnd(36), `${taken}, later ${restored}`);
assert.deepEqual([taken, restored], ['23505', 'done']);

await db.query(CLEANUP);
await db.end();
