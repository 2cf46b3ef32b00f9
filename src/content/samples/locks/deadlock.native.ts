import assert from 'node:assert/strict';
import { DatabaseError } from 'pg';
import { blockersOf, connect, type Session } from './sessions.ts';

const config = {
  connectionString: process.env.DATABASE_URL,
  options: '-c search_path=locks_deadlock',
};
const observer = await connect('observer', config);
await observer.db.query(`
  DROP SCHEMA IF EXISTS locks_deadlock CASCADE;
  CREATE SCHEMA locks_deadlock;
  CREATE TABLE product (
    id    integer PRIMARY KEY,
    stock integer NOT NULL
  );
`);
const [ann, bob] = [await connect('Ann', config), await connect('Bob', config)];

// #region deadlock
type Line = { id: number; pieces: number };

/** Takes an order's lines out of stock, as the customer put them in. */
type Way = (
  session: Session,
  lines: Line[],
  betweenLines: () => Promise<void>,
) => Promise<void>;

const take = ({ db }: Session, { id, pieces }: Line) =>
  db.query('UPDATE product SET stock = stock - $2 WHERE id = $1', [id, pieces]);

const inOrderOfCart: Way = async (session, lines, betweenLines) => {
  for (const line of lines) {
    await take(session, line);
    await betweenLines();
  }
};

const inOrderOfId: Way = (session, lines, betweenLines) =>
  inOrderOfCart(
    session,
    lines.toSorted((a, b) => a.id - b.id),
    betweenLines,
  );

/** Where the writes cannot be sorted: takes all locks first, sorted. */
const lockedFirst: Way = async (session, lines, betweenLines) => {
  await session.db.query(
    'SELECT FROM product WHERE id = ANY($1) ORDER BY id FOR UPDATE',
    [lines.map(({ id }) => id)],
  );
  await inOrderOfCart(session, lines, betweenLines);
};
// #endregion deadlock

/** One order in a transaction; the server's detail if it was refused. */
async function order(
  session: Session,
  way: Way,
  lines: Line[],
  betweenLines: () => Promise<void>,
): Promise<DatabaseError | undefined> {
  await session.db.query('BEGIN');
  try {
    await way(session, lines, betweenLines);
    await session.db.query('COMMIT');
    return undefined;
  } catch (error) {
    await session.db.query('ROLLBACK');
    if (error instanceof DatabaseError) return error;
    throw error;
  }
}

/** Ann takes her first line, Bob his, if he can; then both go on. */
async function race(annsWay: Way, bobsWay: Way) {
  // Not stored in the order of id, so that only ORDER BY makes that order.
  await observer.db.query(
    'TRUNCATE product; INSERT INTO product VALUES (2, 10), (1, 10)',
  );
  const [tea, cup] = [
    { id: 1, pieces: 1 },
    { id: 2, pieces: 1 },
  ];
  const annHasOne = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const anns = order(ann, annsWay, [tea, cup], () => {
    annHasOne.resolve();
    return goOn.promise;
  });
  await annHasOne.promise;

  const bobHasOne = Promise.withResolvers<void>();
  const bobs = order(bob, bobsWay, [cup, tea], () => {
    bobHasOne.resolve();
    return goOn.promise;
  });
  const waits = blockersOf(observer, bob, bobHasOne.promise);
  await Promise.race([bobHasOne.promise, waits]);
  const bobWaits = (await waits).length > 0;
  goOn.resolve();
  const errors = (await Promise.all([anns, bobs])).filter((e) => e);

  const { rows } = await observer.db.query<{ sold: number }>(
    'SELECT sum(10 - stock)::integer AS sold FROM product',
  );
  return { bobWaits, errors, sold: rows[0]?.sold };
}

const print = (...cells: (string | number | undefined)[]) =>
  console.log(
    cells
      .map((cell) => String(cell).padEnd(16))
      .join('')
      .trimEnd(),
  );
print('Ann', 'Bob', 'Bob at first', 'refused', 'kept');
let detail = '';
for (const [anns, bobs, refused] of [
  [inOrderOfCart, inOrderOfCart, 1],
  [inOrderOfId, inOrderOfCart, 1],
  [inOrderOfId, inOrderOfId, 0],
  [lockedFirst, lockedFirst, 0],
  [inOrderOfId, lockedFirst, 0],
] as const) {
  const { bobWaits, errors, sold = 0 } = await race(anns, bobs);
  const codes = errors.map((error) => error?.code).join(', ') || 'nobody';
  const atFirst = bobWaits ? 'waits' : 'runs on';
  print(anns.name, bobs.name, atFirst, codes, sold / 2);
  detail ||= errors[0]?.detail ?? '';
  assert.equal(errors.length, refused);
  assert(errors.every((error) => error?.code === '40P01'));
  assert.equal(sold, refused ? 2 : 4);
}
// Which of the two is refused depends on who waits first for a second.
console.log(`\n${detail.replace(/\d+/g, 'N')}`);

await observer.db.query('DROP SCHEMA locks_deadlock CASCADE');
await Promise.all([observer, ann, bob].map(({ db }) => db.end()));
