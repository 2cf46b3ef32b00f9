import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const PURCHASES = 1_000;
const LINES = 10;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS schema_design_copies CASCADE;
  CREATE SCHEMA schema_design_copies;
  SET search_path TO schema_design_copies;
  SET max_parallel_workers_per_gather = 0;
  -- VACUUM marks a page as visible to all once its commit is on disk.
  SET synchronous_commit = on;
`);

const TABLES = `
  DROP TABLE IF EXISTS purchase, purchase_line;
  CREATE TABLE purchase (
    id          int PRIMARY KEY,
    total_cents bigint NOT NULL DEFAULT 0
  ) WITH (autovacuum_enabled = off);
  CREATE TABLE purchase_line (
    purchase_id int NOT NULL REFERENCES purchase ON DELETE CASCADE,
    sku         text NOT NULL,
    quantity    int NOT NULL,
    price_cents bigint NOT NULL,
    -- A copy within its row needs no trigger: PostgreSQL owns it.
    cents       bigint GENERATED ALWAYS AS (quantity * price_cents) STORED,
    PRIMARY KEY (purchase_id, sku)
  ) WITH (autovacuum_enabled = off);
  CREATE INDEX purchase_largest ON purchase (total_cents, id);
`;
const ROWS = `
  INSERT INTO purchase SELECT p FROM generate_series(1, ${PURCHASES}) AS p;
  INSERT INTO purchase_line
  SELECT p, 'sku' || n, 1 + (p + n) % 3, 100 + p % 977
  FROM generate_series(1, ${PURCHASES}) AS p, generate_series(1, ${LINES}) AS n;
`;

// #region copies
/** Makes the lines' table the owner of the total, whoever writes to it. */
const TRIGGER = `
  CREATE OR REPLACE FUNCTION add_to_total() RETURNS trigger AS $$
  BEGIN
    IF TG_OP <> 'INSERT' THEN
      UPDATE purchase SET total_cents = total_cents - OLD.cents
      WHERE id = OLD.purchase_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
      UPDATE purchase SET total_cents = total_cents + NEW.cents
      WHERE id = NEW.purchase_id;
    END IF;
    RETURN NULL;
  END $$ LANGUAGE plpgsql;

  CREATE TRIGGER total AFTER INSERT OR UPDATE OR DELETE ON purchase_line
  FOR EACH ROW EXECUTE FUNCTION add_to_total();
`;

/**
 * Sets all totals right, and tells how many were wrong. Run it in REPEATABLE
 * READ: a total that changes meanwhile is then refused, not overwritten.
 */
const RECOUNT = `
  UPDATE purchase SET total_cents = found.cents
  FROM (
    SELECT id, coalesce(sum(line.cents), 0) AS cents
    FROM purchase LEFT JOIN purchase_line AS line ON purchase_id = id
    GROUP BY id
  ) AS found
  WHERE purchase.id = found.id AND total_cents <> found.cents
`;

/** Four writers. The first keeps the total, the others came later. */
const addInService = async (callerKeepsTotal: boolean) => {
  await db.query(`INSERT INTO purchase_line VALUES (1, 'new', 1, 500)`);
  if (!callerKeepsTotal) return;
  await db.query(`UPDATE purchase SET total_cents = total_cents + 500
    WHERE id = 1`);
};
const correctByHand = () =>
  db.query(`UPDATE purchase_line SET quantity = quantity + 1
    WHERE purchase_id = 2 AND sku = 'sku1'`);
const importLines = () =>
  db.query(`INSERT INTO purchase_line
    SELECT p, 'gift', 1, 100 FROM generate_series(3, 6) AS p`);
const moveLine = () =>
  db.query(`UPDATE purchase_line SET purchase_id = 8, sku = 'moved'
    WHERE purchase_id = 7 AND sku = 'sku1'`);
// #endregion copies

/** How many totals a recount would change; it changes none. */
async function wrongTotals(statement = ''): Promise<number> {
  await db.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await db.query(statement);
  const { rowCount } = await db.query(RECOUNT);
  await db.query('ROLLBACK');
  return rowCount ?? 0;
}

async function buffersOf(select: string): Promise<number> {
  const { rows } = await db.query<{
    'QUERY PLAN': [{ Plan: Record<string, number> }];
  }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${select}`);
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
}

async function write(callerKeepsTotal: boolean) {
  await addInService(callerKeepsTotal);
  await correctByHand();
  await importLines();
  await moveLine();
}

await db.query(TABLES + ROWS);
await db.query(RECOUNT);
assert.equal(await wrongTotals(), 0);
await write(true);
const byCallers = await wrongTotals();

await db.query(TABLES + TRIGGER + ROWS);
assert.equal(await wrongTotals(), 0);
await write(false);
const byTrigger = await wrongTotals();
await db.query('DELETE FROM purchase WHERE id = 2');
assert.equal(await wrongTotals(), 0);
// A row trigger is not told of it, so the trigger is no owner here.
const truncated = await wrongTotals('TRUNCATE purchase_line');

console.log(`totals that are wrong after four writers, of ${PURCHASES}`);
console.log('  kept by callers       ', byCallers);
console.log('  kept by a trigger     ', byTrigger);
console.log('  the same, and TRUNCATE', truncated);
assert.equal(byCallers, 7);
assert.equal(byTrigger, 0);
assert.equal(truncated, PURCHASES - 1);

const generated: unknown = await db
  .query('UPDATE purchase_line SET cents = 0')
  .catch((error: unknown) => error);
assert(generated instanceof DatabaseError);
console.log('  written over a generated column:', generated.code);
assert.equal(generated.code, '428C9');

// FREEZE waits for a page that is in use, instead of passing it over.
await db.query('VACUUM (FREEZE, ANALYZE) purchase');
await db.query('VACUUM (FREEZE, ANALYZE) purchase_line');
const summed = `SELECT purchase_id, sum(cents) FROM purchase_line
  GROUP BY purchase_id ORDER BY 2 DESC, 1 DESC LIMIT 20`;
const stored = `SELECT id, total_cents FROM purchase
  ORDER BY total_cents DESC, id DESC LIMIT 20`;
await buffersOf(summed);
await buffersOf(stored);
const cost = [await buffersOf(summed), await buffersOf(stored)] as const;
console.log('the twenty largest purchases, in buffers');
console.log('  summed from the lines ', cost[0]);
console.log('  by the stored total   ', cost[1]);
assert(cost[0] > 20 * cost[1]);

await db.query('DROP SCHEMA schema_design_copies CASCADE');
await db.end();
