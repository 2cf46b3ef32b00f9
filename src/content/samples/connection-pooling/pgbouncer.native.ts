// needs: pgbouncer
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';

const { DATABASE_URL } = process.env;
assert(DATABASE_URL, 'DATABASE_URL names the PostgreSQL to use');
const direct = new Client({ connectionString: DATABASE_URL });
await direct.connect();

// #region pgbouncer
/** pgbouncer.ini, as far as it is not about addresses. */
const INI = `
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
`;

type Work = (db: Client) => Promise<unknown>;
type Case = { does: Work; finds: Work };

/** What the statement finds in the one column of its one row. */
const found =
  (statement: string): Work =>
  async (db) => {
    const { rows } = await db.query<[unknown]>({
      text: statement,
      rowMode: 'array',
    });
    return rows[0]?.[0];
  };
const tenant = found(`SELECT coalesce(nullif(
  current_setting('app.tenant', true), ''), 'nothing')`);
const byId: Work = async (db) => {
  await db.query({ name: 'by_id', text: 'SELECT 1 AS id' });
  return 'its row';
};

const cases: Record<string, Case> = {
  'SET app.tenant': {
    does: (db) => db.query("SET app.tenant = 'acme'"),
    finds: tenant,
  },
  'SET LOCAL app.tenant': {
    does: async (db) => {
      await db.query("BEGIN; SET LOCAL app.tenant = 'acme'");
      assert.equal(await tenant(db), 'acme');
      await db.query('COMMIT');
    },
    finds: tenant,
  },
  'SET TimeZone': {
    does: (db) => db.query("SET TimeZone = 'Asia/Tokyo'"),
    finds: found("SELECT current_setting('TimeZone')"),
  },
  'CREATE TEMP TABLE': {
    does: (db) => db.query('CREATE TEMP TABLE draft ()'),
    finds: found("SELECT coalesce(to_regclass('draft')::text, 'nothing')"),
  },
  pg_advisory_lock: {
    does: (db) => db.query('SELECT pg_advisory_lock(1)'),
    finds: found(`SELECT CASE count(*) WHEN 0 THEN 'nothing' ELSE 'a lock' END
      FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()`),
  },
  'named query': { does: byId, finds: byId },
  '  with values, unnamed': {
    does: (db) => db.query('SELECT $1::int', [1]),
    finds: (db) => db.query('SELECT $1::int', [1]).then(() => 'its row'),
  },
};
// #endregion pgbouncer

/** Connects to the pooler whose socket lies in `host`. */
async function client(host: string, config: object = {}): Promise<Client> {
  const address = { host, port: PORT, user: 'app', database: 'shop' };
  const db = new Client({ ...address, ...config });
  db.on('error', (error) => console.error('connection lost', error.message));
  await db.connect();
  return db;
}

/** A part of the socket's name: no other program can take it. */
const PORT = 6432;

/** Starts a PgBouncer before the server of DATABASE_URL, and ends it. */
async function behindPgBouncer<T>(
  act: (host: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'handbook-pgbouncer-'));
  const {
    hostname,
    port: at,
    pathname,
    username,
    password,
  } = new URL(DATABASE_URL ?? '');
  const target = {
    host: hostname,
    port: at || '5432',
    dbname: pathname.slice(1),
    user: decodeURIComponent(username),
    ...(password && { password: decodeURIComponent(password) }),
  };
  const quoted = Object.entries(target).map(
    ([name, value]) => `${name}='${value.replaceAll("'", "''")}'`,
  );
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
shop = ${quoted.join(' ')}
[pgbouncer]
listen_addr =
listen_port = ${PORT}
unix_socket_dir = ${folder}
auth_type = any
${statementsUntracked()}${INI}`,
  );
  // It refuses to run as root, and makes its socket as whoever it becomes.
  await chmod(folder, 0o777);
  const root = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const pooler = spawn('pgbouncer', ['-q', ...root, file], { stdio: 'ignore' });
  const kill = () => pooler.kill('SIGKILL'); // It has nothing to save.
  process.once('exit', kill);
  let hasEnded = false;
  const ended = once(pooler, 'close').then(() => (hasEnded = true));
  try {
    while (!hasEnded && !(await listens(folder)))
      await Promise.race([ended, sleep(10)]);
    assert(!hasEnded, 'PgBouncer has ended');
    return await act(folder);
  } finally {
    process.off('exit', kill);
    kill();
    await ended;
    await rm(folder, { recursive: true });
    // The server notices a little later that nobody is there any more.
    while ((await sessions()) > 0) await sleep(10);
  }
}

/** How many connections there are to our database, but for our own. */
async function sessions(): Promise<number> {
  const { rows } = await direct.query<{ count: number }>(
    `SELECT count(*)::integer FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND backend_type = 'client backend'`,
  );
  return rows[0]?.count ?? 0;
}

/** From 1.21 PgBouncer can track named statements: not here. */
function statementsUntracked(): string {
  const version = execFileSync('pgbouncer', ['--version']).toString();
  const [, minor = '0'] = /PgBouncer 1\.(\d+)/.exec(version) ?? [];
  return Number(minor) >= 21 ? 'max_prepared_statements = 0' : '';
}

/** Whether somebody takes connections at the socket in `folder`. */
async function listens(folder: string): Promise<boolean> {
  const socket = connect(join(folder, `.s.PGSQL.${PORT}`));
  const isTaken = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isTaken;
}

/** What work finds, or the code of the error that it meets. */
const told = (work: Work, db: Client) =>
  work(db).then(String, (error: unknown) => {
    if (error instanceof DatabaseError) return error.code ?? '';
    throw error;
  });

/**
 * Two connections to the server. Cleo holds one while Ann works, so that Bob
 * gets the one that Ann has used, and Ann the other one after that.
 */
async function inTurn<T>(
  host: string,
  does: Work,
  then: (ann: Client, bob: Client) => Promise<T>,
): Promise<T> {
  const ann = await client(host);
  const bob = await client(host);
  const cleo = await client(host);
  await cleo.query('BEGIN');
  await does(ann);
  await bob.query('BEGIN');
  await cleo.query('COMMIT');
  const result = await then(ann, bob);
  for (const db of [ann, bob, cleo]) await db.end();
  return result;
}

const expected: Record<string, [string, string]> = {
  'SET app.tenant': ['acme', 'nothing'],
  'SET LOCAL app.tenant': ['nothing', 'nothing'],
  'SET TimeZone': ['UTC', 'Asia/Tokyo'],
  'CREATE TEMP TABLE': ['draft', 'nothing'],
  pg_advisory_lock: ['a lock', 'nothing'],
  'named query': ['42P05', '26000'],
  '  with values, unnamed': ['its row', 'its row'],
};
console.log('Ann, in transaction 1   Bob finds  Ann finds in 2');
for (const [name, { does, finds }] of Object.entries(cases)) {
  const both = await behindPgBouncer((host) =>
    inTurn(host, does, async (ann, bob) => [
      await told(finds, bob),
      await told(finds, ann),
    ]),
  );
  const [bobs = '', anns = ''] = both;
  console.log(name.padEnd(23), bobs.padEnd(10), anns);
  assert.deepEqual(both, expected[name]);
}

/** How many of three notifications Ann hears, who listens; and Bob. */
const heard = await behindPgBouncer((host) =>
  inTurn(
    host,
    (ann) => ann.query('LISTEN news'),
    async (ann, bob) => {
      const counts = { ann: 0, bob: 0 };
      ann.on('notification', () => (counts.ann += 1));
      bob.on('notification', () => (counts.bob += 1));
      for (let i = 0; i < 3; i += 1) await direct.query('NOTIFY news');
      // What is meant for them comes before the answers to these.
      await ann.query('SELECT 1');
      await bob.query('ROLLBACK');
      return counts;
    },
  ),
);
console.log('LISTEN'.padEnd(23), `${heard.bob} of 3     ${heard.ann} of 3`);
assert.deepEqual(heard, { ann: 0, bob: 3 });

/** Twenty clients, with a transaction each. Two begin before the others. */
async function spread(host: string) {
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => client(host)),
  );
  const begin = async (db: Client) => {
    await db.query('BEGIN');
    return found('SELECT pg_backend_pid()')(db);
  };
  const pids: unknown[] = [];
  for (const db of clients.slice(0, 2)) pids.push(await begin(db));
  const others = clients.slice(2).map(async (db) => {
    pids.push(await begin(db));
    await db.query('COMMIT');
  });
  for (const db of clients.slice(0, 2)) await db.query('COMMIT');
  await Promise.all(others);
  const count = await sessions();
  await Promise.all(clients.map((db) => db.end()));
  return { served: pids.length, pids: new Set(pids).size, count };
}
const { served, pids, count } = await behindPgBouncer(spread);
console.log(`\n${served} clients: ${count} sessions in pg_stat_activity`);
assert.deepEqual([served, pids, count], [20, 2, 2]);

const refusal = await behindPgBouncer((host) =>
  client(host, { statement_timeout: 5_000 }).then(
    () => 'connected',
    (error: unknown) => {
      assert(error instanceof DatabaseError);
      return `${error.code} ${error.message}`;
    },
  ),
);
console.log(`the option: ${refusal}`);
assert.equal(refusal, '08P01 unsupported startup parameter: statement_timeout');
await direct.end();
