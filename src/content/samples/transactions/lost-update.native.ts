import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError, type QueryResult } from 'pg';

const connect = async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query('SET search_path TO transactions_lost_update');
  return client;
};
const [ann, bob, observer] = [
  await connect(),
  await connect(),
  await connect(),
];

await observer.query(`
  DROP SCHEMA IF EXISTS transactions_lost_update CASCADE;
  CREATE SCHEMA transactions_lost_update;
  CREATE TABLE account (
    id      integer PRIMARY KEY,
    balance integer NOT NULL CHECK (balance >= 0),
    version integer NOT NULL
  );
  CREATE TABLE payout (
    account_id integer NOT NULL REFERENCES account,
    amount     integer NOT NULL
  );
`);

/** The one account that both sessions draw on. */
const ID = 1;

async function accountBy(db: Client, statement: string) {
  const { rows } = await db.query<{ balance: number; version: number }>(
    statement,
    [ID],
  );
  const [account] = rows;
  assert(account);
  return account;
}

// #region ways
/** Takes 60 inside an open transaction, and tells how that went. */
type Way = (db: Client, othersRun: () => Promise<void>) => Promise<string>;

const READ = 'SELECT balance, version FROM account WHERE id = $1';
const WRITE = 'UPDATE account SET balance = $2 WHERE id = $1';

/** Reads, decides, then writes what it worked out. */
const readThenWrite: Way = async (db, othersRun) => {
  const { balance } = await accountBy(db, READ);
  await othersRun();
  if (balance < 60) return `sees ${balance}`;
  await db.query(WRITE, [ID, balance - 60]);
  return 'paid';
};

/** The same with a lock: the next to read so waits for the end of this. */
const selectForUpdate: Way = async (db, othersRun) => {
  const { balance } = await accountBy(db, `${READ} FOR UPDATE`);
  await othersRun();
  if (balance < 60) return `sees ${balance}`;
  await db.query(WRITE, [ID, balance - 60]);
  return 'paid';
};

/** Writes only if nobody has written since it read. */
const versionColumn: Way = async (db, othersRun) => {
  const { balance, version } = await accountBy(db, READ);
  await othersRun();
  if (balance < 60) return `sees ${balance}`;
  const { rowCount } = await db.query(
    `UPDATE account SET balance = $2, version = version + 1
     WHERE id = $1 AND version = $3`,
    [ID, balance - 60, version],
  );
  return rowCount === 1 ? 'paid' : `row count ${rowCount}`;
};

/** One statement reads, decides and writes. */
const conditionalUpdate: Way = async (db, othersRun) => {
  const { rowCount } = await db.query(
    `UPDATE account SET balance = balance - $2
     WHERE id = $1 AND balance >= $2`,
    [ID, 60],
  );
  await othersRun();
  return rowCount === 1 ? 'paid' : `row count ${rowCount}`;
};

/** Leaves the decision to the table's CHECK (balance >= 0). */
const checkConstraint: Way = async (db, othersRun) => {
  await db.query('UPDATE account SET balance = balance - $2 WHERE id = $1', [
    ID,
    60,
  ]);
  await othersRun();
  return 'paid';
};
// #endregion ways

type Level = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** A session's transaction that stands still once, until `goOn` is called. */
function begin(db: Client, way: Way, level: Level) {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const told = (async () => {
    await db.query(`BEGIN ISOLATION LEVEL ${level}`);
    try {
      const answer = await way(db, async () => {
        reached.resolve();
        await goOn.promise;
      });
      if (answer === 'paid') {
        await db.query('INSERT INTO payout VALUES ($1, 60)', [ID]);
      }
      await db.query('COMMIT');
      return answer;
    } catch (error) {
      await db.query('ROLLBACK');
      if (error instanceof DatabaseError) return String(error.code);
      throw error;
    }
  })();
  const standsStill = Promise.race([reached.promise, told]);
  return { standsStill, goOn: goOn.resolve, told };
}

const { rows: pids } = await bob.query<{ pid: number }>(
  'SELECT pg_backend_pid() AS pid',
);

/** Whether Bob's session ran into a lock before it stood still. */
async function bobWaits(standsStill: Promise<unknown>): Promise<boolean> {
  let still = false;
  void standsStill.then(() => (still = true));
  while (!still) {
    const { rowCount } = await observer.query(
      `SELECT FROM pg_stat_activity
       WHERE pid = $1 AND wait_event_type = 'Lock'`,
      [pids[0]?.pid],
    );
    if (rowCount === 1) return true;
    await sleep(5);
  }
  return false;
}

/** What each session was answered, in the order of the answers. */
const events: string[] = [];

/** The same client, which writes down what it is answered. */
function recorded(who: string, client: Client): Client {
  const query = async (text: string, values: unknown[] = []) => {
    const result = await client.query<{ balance: number }>(text, values);
    const how = told(result, values);
    events.push(`${who}  ${result.command.padEnd(8)}${how}`.trimEnd());
    return result;
  };
  return new Proxy(client, {
    get: (target, key): unknown =>
      key === 'query' ? query : Reflect.get(target, key, target),
  });
}

function told(
  { command, rows }: QueryResult<{ balance: number }>,
  values: unknown[],
) {
  if (command === 'SELECT') return `reads ${rows[0]?.balance}`;
  if (command === 'UPDATE') return `writes ${String(values[1])}`;
  return command === 'INSERT' ? 'pays out 60' : '';
}

/** Ann begins, Bob begins, Ann goes on to the end, then Bob does. */
async function race(way: Way, level: Level, db = { ann, bob }) {
  await observer.query(`
    TRUNCATE account, payout;
    INSERT INTO account VALUES (${ID}, 100, 1);
  `);
  const first = begin(db.ann, way, level);
  await first.standsStill;
  const second = begin(db.bob, way, level);
  const waits = await bobWaits(second.standsStill);
  first.goOn();
  assert.equal(await first.told, 'paid');
  second.goOn();
  const told = await second.told;

  const { rows } = await observer.query<{ left: number; paid: number }>(
    `SELECT balance AS left,
            (SELECT sum(amount) FROM payout)::integer AS paid
     FROM account WHERE id = $1`,
    [ID],
  );
  const [sums] = rows;
  assert(sums);
  return { waits, told, ...sums };
}

const WIDTHS = [19, 17, 9, 13, 6, 0];
const print = (...cells: (string | number)[]) =>
  console.log(
    cells.map((cell, i) => String(cell).padEnd(WIDTHS[i] ?? 0)).join(''),
  );

print('both sessions', 'isolation', 'Bob', 'Bob is told', 'left', 'paid');
const races: [Way, Level, { waits: boolean; told: string; paid: number }][] = [
  [readThenWrite, 'READ COMMITTED', { waits: false, told: 'paid', paid: 120 }],
  [
    conditionalUpdate,
    'READ COMMITTED',
    { waits: true, told: 'row count 0', paid: 60 },
  ],
  [checkConstraint, 'READ COMMITTED', { waits: true, told: '23514', paid: 60 }],
  [
    selectForUpdate,
    'READ COMMITTED',
    { waits: true, told: 'sees 40', paid: 60 },
  ],
  [
    versionColumn,
    'READ COMMITTED',
    { waits: false, told: 'row count 0', paid: 60 },
  ],
  [readThenWrite, 'REPEATABLE READ', { waits: false, told: '40001', paid: 60 }],
  [readThenWrite, 'SERIALIZABLE', { waits: false, told: '40001', paid: 60 }],
];
for (const [way, level, expected] of races) {
  const { waits, told, left, paid } = await race(way, level);
  print(way.name, level, waits ? 'waits' : 'runs on', told, left, paid);
  assert.deepEqual({ waits, told, left, paid }, { ...expected, left: 40 });
}

console.log('\nthe first race, statement by statement\n');
const both = { ann: recorded('Ann', ann), bob: recorded('Bob', bob) };
await race(readThenWrite, 'READ COMMITTED', both);
console.log(events.join('\n'));
assert.equal(events.filter((event) => event.includes('writes 40')).length, 2);

await observer.query('DROP SCHEMA transactions_lost_update CASCADE');
await Promise.all([ann, bob, observer].map((client) => client.end()));
