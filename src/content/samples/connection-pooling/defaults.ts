import assert from 'node:assert/strict';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';

const connectionString = process.env.DATABASE_URL;

// #region defaults
const pool = new Pool({ connectionString });
// The pool that Prisma 7 makes of the same connection string.
const adapter = await new PrismaPg({ connectionString }).connect();
const prismas = adapter.underlyingDriver();

const KEYS = [
  'max',
  'connectionTimeoutMillis',
  'idleTimeoutMillis',
  'maxLifetimeSeconds',
] as const;

/** What the server is set to if nobody sets anything. */
async function serverDefault(setting: string): Promise<number> {
  const { rows } = await pool.query<{ value: string }>(
    'SELECT boot_val AS value FROM pg_settings WHERE name = $1',
    [setting],
  );
  return Number(rows[0]?.value);
}

/** Instances whose pools, all full, still get every connection. */
function instances(connections: number, max: number, spare: number): number {
  return Math.floor((connections - spare) / max);
}
// #endregion defaults

console.log('option                       pg    Prisma 7');
for (const key of KEYS) {
  const [ours, theirs] = [pool.options[key], prismas.options[key]];
  console.log(
    key.padEnd(25),
    String(ours ?? 'unset').padStart(5),
    String(theirs ?? 'unset').padStart(11),
  );
  assert.equal(ours, theirs);
}
assert.equal(pool.options.max, 10);
assert.equal(pool.options.connectionTimeoutMillis, undefined);

const connections = await serverDefault('max_connections');
const reserved = await serverDefault('superuser_reserved_connections');
console.log();
console.log(`max_connections                ${connections}`);
console.log(`  reserved for superusers      ${reserved}`);
// A migration, a person with psql, a monitor: they need a place as well.
const spare = reserved + 5;
for (const max of [10, 5]) {
  const fit = instances(connections, max, spare);
  console.log(`  instances with max: ${String(max).padStart(2)}        ${fit}`);
  assert(fit * max + spare <= connections);
  assert((fit + 1) * max + spare > connections);
}
assert.equal(instances(connections, 10, spare), 9);

await adapter.dispose();
await pool.end();
