import assert from 'node:assert/strict';
import { Client, type DatabaseError } from 'pg';
import { clientOf, makeTemplate, onServer, template } from './database.ts';

const base = new URL(process.env.DATABASE_URL ?? '').pathname.slice(1);
const tables = Array.from({ length: 30 }, (_, at) => `t${at}`);
const migrations = tables.map(
  (name) =>
    `CREATE TABLE ${name} (
       id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       name text UNIQUE
     )`,
);
await makeTemplate(migrations);
const work = `${base}_work`;
await onServer(`CREATE DATABASE ${work} TEMPLATE ${template}`);

const admin = new Client({ connectionString: process.env.DATABASE_URL });
const db = clientOf(work);
await admin.connect();
await db.connect();

/** Bytes that this session has written to the log. */
async function walOf(client: Client): Promise<number> {
  // Statistics are handed over once a second, unless one asks.
  await client.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await client.query<{ bytes: number }>(`
    SELECT wal_bytes::float8 AS bytes
    FROM pg_stat_get_backend_wal(pg_backend_pid())`);
  return rows[0]?.bytes ?? assert.fail();
}

// #region ways
const test = ['t0', 't1'].map((name) => `INSERT INTO ${name} DEFAULT VALUES`);
const copy = `${base}_copy`;

interface Way {
  client: Client;
  before?: string[];
  reset: string[];
}

/** What gives the next test a clean database, after one with two rows. */
const ways: Record<string, Way> = {
  ROLLBACK: { client: db, before: ['BEGIN', ...test], reset: ['ROLLBACK'] },
  'DELETE, two tables': {
    client: db,
    before: test,
    reset: ['DELETE FROM t0', 'DELETE FROM t1'],
  },
  'TRUNCATE, two tables': {
    client: db,
    before: test,
    reset: ['TRUNCATE t0, t1 RESTART IDENTITY'],
  },
  'TRUNCATE, all 30': {
    client: db,
    before: test,
    reset: [`TRUNCATE ${tables.join(', ')} RESTART IDENTITY`],
  },
  'copy by wal_log': {
    client: admin,
    before: [`DROP DATABASE IF EXISTS ${copy}`],
    reset: [`CREATE DATABASE ${copy} TEMPLATE ${template}`],
  },
  'copy by file_copy': {
    client: admin,
    before: [`DROP DATABASE IF EXISTS ${copy}`],
    reset: [`CREATE DATABASE ${copy} TEMPLATE ${template} STRATEGY file_copy`],
  },
};
// #endregion ways

/** The order of magnitude: the rest depends on the server's settings. */
function roughly(bytes: number): string {
  if (bytes < 5_000) return 'under 5 kB';
  if (bytes < 10_000) return '5 to 10 kB';
  const steps = { '1 MB': 1e6, '100 kB': 1e5, '10 kB': 1e4 };
  const [step] =
    Object.entries(steps).find(([, least]) => least <= bytes) ?? [];
  return `over ${step}`;
}

const found: Record<string, number> = {};
console.log(`${''.padEnd(26)}statements  written to the WAL`);
for (const [name, { client, before = [], reset }] of Object.entries(ways)) {
  // The second time: the first after a checkpoint logs whole pages.
  for (let round = 0; round < 2; round += 1) {
    for (const text of before) await client.query(text);
    const start = await walOf(client);
    for (const text of reset) await client.query(text);
    found[name] = (await walOf(client)) - start;
  }
  const wal = roughly(found[name] ?? 0);
  console.log(`${name.padEnd(26)}${String(reset.length).padEnd(12)}${wal}`);
}

// A table that no test has touched.
const fileOf = async () =>
  (
    await db.query<{ file: number }>(
      `SELECT pg_relation_filenode('t29') AS file`,
    )
  ).rows[0]?.file;
const empty = await fileOf();
await db.query(`TRUNCATE ${tables.join(', ')}`);
const replaced = (await fileOf()) !== empty;
console.log(
  `TRUNCATE of an empty table: ${replaced ? 'a new file' : 'nothing'}`,
);
assert(replaced);

// Somebody looks into the template while a copy is made.
await admin.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS true`);
const visitor = clientOf(template);
await visitor.connect();
const create = `CREATE DATABASE ${copy}_2 TEMPLATE ${template}`;
const refused = await admin
  .query(create)
  .catch((error: DatabaseError) => error);
assert('code' in refused);
console.log(`copy while someone is connected: SQLSTATE ${refused.code}`);
assert.equal(refused.code, '55006');
await visitor.end();

await db.end();
await admin.end();
await onServer(
  ...[copy, work, template].map((name) => `DROP DATABASE ${name} WITH (FORCE)`),
);
