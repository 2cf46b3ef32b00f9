import assert from 'node:assert/strict';
import { Client } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS invariants_sequences CASCADE;
  CREATE SCHEMA invariants_sequences;
  SET search_path = invariants_sequences;
  CREATE TABLE customer_order (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status  text NOT NULL DEFAULT 'PENDING'
  );
`);

// #region machine
type Status = 'PENDING' | 'PAID' | 'SHIPPED' | 'CANCELLED' | 'REFUNDED';
type Move = { from: readonly Status[]; to: Status };

/** The whole life of an order: what is not here cannot happen. */
const MOVES = {
  pay: { from: ['PENDING'], to: 'PAID' },
  ship: { from: ['PAID'], to: 'SHIPPED' },
  cancel: { from: ['PENDING'], to: 'CANCELLED' },
  refund: { from: ['PAID'], to: 'REFUNDED' },
} as const satisfies Record<string, Move>;

type Action = keyof typeof MOVES;

/** Endpoints that trust the page to call them in order. */
async function inAnyOrder(id: number, action: Action): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE customer_order SET status = $2 WHERE id = $1',
    [id, MOVES[action].to],
  );
  return rowCount === 1;
}

/** True if the order moved. Test and change are one statement. */
async function byTheMachine(id: number, action: Action): Promise<boolean> {
  const { from, to } = MOVES[action];
  const { rowCount } = await db.query(
    `UPDATE customer_order SET status = $2
     WHERE id = $1 AND status = ANY ($3)`,
    [id, to, from],
  );
  return rowCount === 1; // false is a 409, or a 404 if there is no order
}
// #endregion machine

const ACTIONS = Object.keys(MOVES) as Action[];
/** Every way to send three requests: 4 x 4 x 4. */
const sequences = ACTIONS.flatMap((first) =>
  ACTIONS.flatMap((second) => ACTIONS.map((third) => [first, second, third])),
);

/** The requests of a sequence that were accepted, in order. */
async function accepted(sequence: Action[], move: typeof byTheMachine) {
  const { rows } = await db.query<{ id: number }>(
    'INSERT INTO customer_order DEFAULT VALUES RETURNING id',
  );
  assert(rows[0]);
  const done: Action[] = [];
  for (const action of sequence) {
    if (await move(rows[0].id, action)) done.push(action);
  }
  return done;
}

const count = (done: Action[], action: Action) =>
  done.filter((name) => name === action).length;
const paidBefore = (done: Action[], index: number) =>
  done.slice(0, index).includes('pay');

/** What must never have happened, whatever was sent. */
const broken: Record<string, (done: Action[]) => boolean> = {
  'shipped, never paid': (done) =>
    done.some((action, i) => action === 'ship' && !paidBefore(done, i)),
  'refunded, never paid': (done) =>
    done.some((action, i) => action === 'refund' && !paidBefore(done, i)),
  'paid twice': (done) => count(done, 'pay') > 1,
  'refunded twice': (done) => count(done, 'refund') > 1,
  'shipped and refunded': (done) =>
    done.includes('ship') && done.includes('refund'),
  'shipped, cancelled': (done) =>
    done.includes('ship') && done.includes('cancel'),
};

const ways = { inAnyOrder, byTheMachine };
const histories: Action[][][] = [];
for (const move of Object.values(ways)) {
  const all: Action[][] = [];
  for (const sequence of sequences) all.push(await accepted(sequence, move));
  histories.push(all);
}
const title = `of ${sequences.length} sequences`.padEnd(20);
console.log(title, 'inAnyOrder  byTheMachine');
const table: number[][] = [];
for (const [name, isBroken] of Object.entries(broken)) {
  const counts = histories.map((all) => all.filter(isBroken).length);
  table.push(counts);
  console.log(name.padEnd(20), String(counts[0]).padEnd(11), counts[1]);
}
const lives = new Set(histories[1]?.map((done) => done.join(', ')));
console.log('what the machine let happen:');
for (const life of [...lives].sort()) console.log(' ', life || 'nothing');

assert.equal(sequences.length, 64);
assert(table.every(([any = 0, machine]) => any > 0 && machine === 0));
assert.deepEqual([...lives].sort(), [
  '',
  'cancel',
  'pay',
  'pay, refund',
  'pay, ship',
]);

await db.query('DROP SCHEMA invariants_sequences CASCADE');
await db.end();
