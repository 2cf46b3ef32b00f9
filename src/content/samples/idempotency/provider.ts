import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once as event } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  DROP SCHEMA IF EXISTS idempotency_provider CASCADE;
  CREATE SCHEMA idempotency_provider;
  CREATE TABLE idempotency_provider.payment (
    id        uuid PRIMARY KEY DEFAULT uuidv7(),
    owner     text NOT NULL,
    key       text NOT NULL,
    charge_id text,
    UNIQUE (owner, key)
  );`);

/** A payment provider with keys, whose answers can get lost. */
const charges = new Map<string, string>();
let answersLost = 0;
const provider = express();
provider.post('/charges', (req, res) => {
  const key = req.get('Idempotency-Key') ?? randomUUID();
  const id = charges.get(key) ?? `ch_${charges.size + 1}`;
  charges.set(key, id);
  // Charged, and then a proxy in between gives up.
  if (answersLost > 0) {
    answersLost -= 1;
    res.status(504).json({});
  } else {
    res.json({ id });
  }
});
const server = provider.listen(0);
await event(server, 'listening');
const { port } = server.address() as AddressInfo;

async function charge(headers: Record<string, string>): Promise<string> {
  const response = await fetch(`http://localhost:${port}/charges`, {
    method: 'POST',
    headers,
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`provider: ${response.status}`);
  const { id } = (await response.json()) as { id: string };
  return id;
}

// #region ways
type Sent = { owner: string; key: string };

/** One try of the client's request; `crash` is where the process may end. */
type Way = (sent: Sent, crash: () => void) => Promise<string | null>;

/**
 * The row of this key: made now, or by an earlier try. Committed at once.
 * The amount and a fingerprint of the request belong into it as well.
 */
async function paymentOf({ owner, key }: Sent) {
  await pool.query(
    `INSERT INTO idempotency_provider.payment (owner, key)
     VALUES ($1, $2) ON CONFLICT (owner, key) DO NOTHING`,
    [owner, key],
  );
  const { rows } = await pool.query<{ id: string; charge_id: string | null }>(
    `SELECT id, charge_id FROM idempotency_provider.payment
     WHERE owner = $1 AND key = $2`,
    [owner, key],
  );
  assert(rows[0]);
  return rows[0];
}

const settle = (id: string, chargeId: string) =>
  pool.query(
    'UPDATE idempotency_provider.payment SET charge_id = $2 WHERE id = $1',
    [id, chargeId],
  );

/** A way that sends the provider the key that `keyOf` makes of our row's. */
const payWith = (keyOf: (paymentId: string) => object): Way => {
  return async (sent, crash) => {
    const payment = await paymentOf(sent);
    if (payment.charge_id) return payment.charge_id;
    const chargeId = await charge({ ...keyOf(payment.id) });
    crash();
    await settle(payment.id, chargeId);
    return chargeId;
  };
};

const ways: Record<string, Way> = {
  'no key': payWith(() => ({})),
  'new key each try': payWith(() => ({ 'Idempotency-Key': randomUUID() })),
  'id of our row': payWith((id) => ({ 'Idempotency-Key': id })),
};
// #endregion ways

/** What is to go wrong with the first try. */
const FAULTS = ['nothing', 'answer lost', 'crash after it'] as const;
const expected: Record<string, number[]> = {
  'no key': [1, 2, 2],
  'new key each try': [1, 2, 2],
  'id of our row': [1, 1, 1],
};

console.log('charges, if first try has:'.padEnd(27), FAULTS.join('  '));
for (const [name, way] of Object.entries(ways)) {
  const counts: number[] = [];
  for (const fault of FAULTS) {
    charges.clear();
    const sent = { owner: 'ann', key: randomUUID() };
    answersLost = fault === 'answer lost' ? 1 : 0;
    const crash = () => {
      if (fault === 'crash after it') throw new Error('crash');
    };
    const failed = await way(sent, crash).then(
      () => false,
      () => true,
    );
    assert.equal(failed, fault !== 'nothing');
    // The client tries again until it has an answer, and once too often.
    const second = await way(sent, () => {});
    assert.equal(await way(sent, () => {}), second);
    counts.push(charges.size);
  }
  const [a = 0, b = 0, c = 0] = counts;
  console.log(name.padEnd(27), String(a).padEnd(8), String(b).padEnd(12), c);
  assert.deepEqual(counts, expected[name]);
}

server.close();
await event(server, 'close');
await pool.query('DROP SCHEMA idempotency_provider CASCADE');
await pool.end();
