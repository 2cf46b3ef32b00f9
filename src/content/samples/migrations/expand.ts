import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const ROWS = 2_000;
const BATCH = 500;

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();

async function startAgain() {
  await db.query(`
    DROP SCHEMA IF EXISTS migrations_expand CASCADE;
    CREATE SCHEMA migrations_expand;
    SET search_path TO migrations_expand;
    CREATE TABLE purchase (
      id    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      price numeric(10, 2) NOT NULL,
      note  text
    );
    INSERT INTO purchase (price)
    SELECT 9.99 FROM generate_series(1, ${ROWS});
  `);
}

// #region expand
/** Every price is 9.99; the old code keeps it in euros, the new in cents. */
const oldCode = {
  write: `INSERT INTO purchase (price) VALUES (9.99);
    UPDATE purchase SET note = 'sent'`,
  isRight: 'SELECT bool_and(price = 9.99) AS right FROM purchase',
};
const newCode = {
  write: `INSERT INTO purchase (price_cents) VALUES (999);
    UPDATE purchase SET note = 'sent'`,
  isRight: `SELECT bool_and(price_cents IS NOT DISTINCT FROM 999) AS right
    FROM purchase`,
};

const addColumn = 'ALTER TABLE purchase ADD COLUMN price_cents bigint';

/** Whichever of the two columns a statement writes, the other follows. */
const keepInStep = `
  CREATE FUNCTION price_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      NEW.price_cents := coalesce(NEW.price_cents, NEW.price * 100);
      NEW.price := coalesce(NEW.price, NEW.price_cents / 100.0);
    ELSIF NEW.price IS DISTINCT FROM OLD.price THEN
      NEW.price_cents := NEW.price * 100;
    ELSIF NEW.price_cents IS DISTINCT FROM OLD.price_cents THEN
      NEW.price := NEW.price_cents / 100.0;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER price_in_step BEFORE INSERT OR UPDATE ON purchase
  FOR EACH ROW EXECUTE FUNCTION price_in_step()`;

/** Fills the rows that were there before, in batches; tells how many it did. */
async function backfill(betweenBatches: () => Promise<void>) {
  let filled = 0;
  const { rows } = await db.query<{ last: number }>(
    'SELECT max(id) AS last FROM purchase',
  );
  const last = rows[0]?.last ?? 0;
  for (let from = 1; from <= last; from += BATCH) {
    // A transaction for each batch: its locks are gone before the next one.
    const batch = await db.query(
      `UPDATE purchase SET price_cents = price * 100
       WHERE id BETWEEN $1 AND $2 AND price_cents IS NULL`,
      [from, from + BATCH - 1],
    );
    filled += batch.rowCount ?? 0;
    await betweenBatches();
  }
  return filled;
}

const notNull = `ALTER TABLE purchase
  ADD CONSTRAINT price_cents_there NOT NULL price_cents NOT VALID`;
const validate = 'ALTER TABLE purchase VALIDATE CONSTRAINT price_cents_there';

const contract = `
  DROP TRIGGER price_in_step ON purchase;
  DROP FUNCTION price_in_step;
  ALTER TABLE purchase DROP COLUMN price`;
// #endregion expand

/** Whether a version of the code can write, and then reads what is right. */
async function outcomeOf(code: typeof oldCode): Promise<string> {
  await db.query('BEGIN');
  try {
    await db.query(code.write);
    const { rows } = await db.query<{ right: boolean }>(code.isRight);
    return rows[0]?.right ? 'works' : 'reads NULL';
  } catch (error) {
    if (error instanceof DatabaseError) return `error ${error.code}`;
    throw error;
  } finally {
    await db.query('ROLLBACK');
  }
}

async function show(step: string, expected: [string, string]) {
  const seen = [await outcomeOf(oldCode), await outcomeOf(newCode)];
  console.log(step.padEnd(32) + (seen[0] ?? '').padEnd(14) + seen[1]);
  assert.deepEqual(seen, expected);
}

console.log('step'.padEnd(32) + 'old code'.padEnd(14) + 'new code');
await startAgain();
await show('at once: before', ['works', 'error 42703']);
await db.query(`
  ALTER TABLE purchase ADD COLUMN price_cents bigint;
  UPDATE purchase SET price_cents = price * 100;
  ALTER TABLE purchase ALTER price_cents SET NOT NULL, DROP COLUMN price;
`);
await show('at once: after', ['error 42703', 'works']);

/** Old code that goes on selling while the rows are filled. */
const sell = async () => {
  await db.query('INSERT INTO purchase (price) VALUES (9.99)');
};
async function unfilled(): Promise<number> {
  const { rows } = await db.query<{ unfilled: number }>(
    `SELECT count(*)::integer AS unfilled FROM purchase
     WHERE price_cents IS NULL`,
  );
  return rows[0]?.unfilled ?? 0;
}

await startAgain();
await db.query(addColumn);
await show('expand: the column', ['works', 'error 23502']);
await db.query(keepInStep);
await show('expand: the trigger', ['works', 'reads NULL']);
const filled = await backfill(sell);
const left = await unfilled();
// As after a backfill that was broken off, and is started again.
const again = await backfill(sell);
await show('backfill', ['works', 'works']);
await db.query(notNull);
await db.query(validate);
await show('NOT NULL, validated', ['works', 'works']);
await db.query(contract);
await show('contract', ['error 42703', 'works']);

// The same without the trigger: what is sold meanwhile stays behind.
await startAgain();
await db.query(addColumn);
await backfill(sell);
const missed = await unfilled();
const counted = filled.toLocaleString('en');
console.log(`
backfill after the trigger:  fills ${counted} rows, misses ${left}
  started again:             fills ${again}
backfill before the trigger: misses ${missed} rows`);
assert.deepEqual([filled, left, again], [ROWS, 0, 0]);
assert.equal(missed, ROWS / BATCH);

// A prepared SELECT * knows the columns that the table had.
await startAgain();
const star = { name: 'all', text: 'SELECT * FROM purchase' };
await db.query(star);
await db.query(addColumn);
const error = await db.query(star).catch((reason: unknown) => reason);
assert(error instanceof DatabaseError);
console.log(`named SELECT *, then ADD COLUMN: ${error.code}`);
console.log(`  ${error.message}`);
assert.equal(error.code, '0A000');

await db.query('DROP SCHEMA migrations_expand CASCADE');
await db.end();
