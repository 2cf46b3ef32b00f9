import assert from 'node:assert/strict';
import { Pool, type PoolClient } from 'pg';

class NotFound extends Error {}

// #region leak
type Way = (pool: Pool, id: number) => Promise<string>;

const FIND = "SELECT 'tea' AS name WHERE $1 = 1";

/** Gives the client back when all goes well. */
const releaseAtTheEnd: Way = async (pool, id) => {
  const client = await pool.connect();
  const { rows } = await client.query<{ name: string }>(FIND, [id]);
  if (!rows[0]) throw new NotFound();
  client.release();
  return rows[0].name;
};

/** Gives it back however it ends. */
const releaseInFinally: Way = async (pool, id) => {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ name: string }>(FIND, [id]);
    if (!rows[0]) throw new NotFound();
    return rows[0].name;
  } finally {
    client.release();
  }
};

/** Has nothing to give back: one statement needs no client of its own. */
const throughPool: Way = async (pool, id) => {
  const { rows } = await pool.query<{ name: string }>(FIND, [id]);
  if (!rows[0]) throw new NotFound();
  return rows[0].name;
};
// #endregion leak

/** What a request is told. */
const told = (answer: Promise<string>) =>
  answer.catch((error: unknown) => {
    if (error instanceof NotFound) return '404';
    if (error instanceof Error) return error.message;
    throw error;
  });

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: 1,
  connectionTimeoutMillis: 10_000,
  idleTimeoutMillis: 0,
});
pool.on('error', (error) => console.error('idle connection lost', error));
let out: PoolClient | undefined;
pool.on('acquire', (client) => (out = client));
await pool.query('SELECT 1');
// It is connected, which may take long; to wait for a client may not.
pool.options.connectionTimeoutMillis = 200;

console.log('max: 1           idle  told');
for (const way of [releaseAtTheEnd, releaseInFinally, throughPool]) {
  // Somebody asks for what is not there; then somebody for what is.
  const first = await told(way(pool, 2));
  const { idleCount } = pool;
  const second = await told(way(pool, 1));
  console.log(
    way.name.padEnd(16),
    String(idleCount).padStart(4),
    ` ${first}, then ${second}`,
  );
  const leaked = way === releaseAtTheEnd;
  assert.equal(first, '404');
  assert.equal(idleCount, leaked ? 0 : 1);
  assert.equal(
    second,
    leaked ? 'timeout exceeded when trying to connect' : 'tea',
  );
  // Without this, pool.end() would wait for ever, and so would the process.
  if (leaked) out?.release();
}
await pool.end();
