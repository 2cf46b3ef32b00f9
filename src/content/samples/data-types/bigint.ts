import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { Router } from 'express';
import { Client, types } from 'pg';
import { z } from 'zod';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS data_types_bigint CASCADE;
  CREATE SCHEMA data_types_bigint;
  SET search_path TO data_types_bigint;
`);

/** Two orders, whose ids are 2^53 and 2^53 + 1. */
async function fill() {
  await db.query(`
    DROP TABLE IF EXISTS purchase;
    CREATE TABLE purchase (id bigint PRIMARY KEY, customer text NOT NULL);
    INSERT INTO purchase VALUES
      (9007199254740992, 'Ann'), (9007199254740993, 'Ben');
  `);
}

// #region ids
/** The popular setting: `bigint` (type 20) becomes a JavaScript number. */
const numbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 && format !== 'binary'
      ? Number
      : (types.getTypeParser(oid, format) as (value: string) => unknown),
};

/** An id as it stands in a URL or in JSON: digits, within `bigint`. */
const Id = z
  .string()
  .regex(/^\d{1,19}$/, { abort: true })
  .refine((id) => BigInt(id) <= 9223372036854775807n);

function routes(as?: typeof numbers) {
  const router = Router();
  router.get('/', async (_req, res) => {
    const text = 'SELECT id, customer FROM purchase ORDER BY id';
    const { rows } = await db.query(as ? { text, types: as } : text);
    res.json(rows);
  });
  router.delete('/:id', async (req, res) => {
    const id = Id.safeParse(req.params.id);
    if (!id.success) {
      res.status(404).end();
      return;
    }
    await db.query('DELETE FROM purchase WHERE id = $1', [id.data]);
    res.status(204).end();
  });
  return router;
}

const app = express();
app.use('/as-number', routes(numbers));
app.use('/as-text', routes());
// #endregion ids

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const at = (path: string) => `http://localhost:${port}${path}`;

const Orders = z.array(
  z.object({ id: z.union([z.string(), z.number()]), customer: z.string() }),
);

/** Ben cancels his order, with the id that the list gave him. */
async function cancelBens(path: string) {
  await fill();
  const list = Orders.parse(await (await fetch(at(path))).json());
  const bens = list.find(({ customer }) => customer === 'Ben');
  const response = await fetch(at(`${path}/${bens?.id}`), {
    method: 'DELETE',
  });
  const { rows } = await db.query<{ customer: string }>(
    'SELECT customer FROM purchase',
  );
  const left = rows.map(({ customer }) => customer).join(', ');
  return { id: JSON.stringify(bens?.id), status: response.status, left };
}

console.log("Ben's order is 9007199254740993");
const results = [];
for (const path of ['/as-number', '/as-text']) {
  const { id, status, left } = await cancelBens(path);
  results.push({ id, left });
  console.log(
    path.padEnd(11),
    `is told ${id}`.padEnd(27),
    `DELETE: ${status}, left: ${left}`,
  );
}
assert.deepEqual(results, [
  { id: '9007199254740992', left: 'Ben' },
  { id: '"9007199254740993"', left: 'Ann' },
]);

const beyond = await fetch(at('/as-text/9223372036854775808'), {
  method: 'DELETE',
});
console.log('DELETE 9223372036854775808 (2^63):', beyond.status);
assert.equal(beyond.status, 404);
for (const id of ['abc', '1.5', '-1', '99999999999999999999']) {
  const refused = await fetch(at(`/as-text/${id}`), { method: 'DELETE' });
  assert.equal(refused.status, 404);
}

// A number in JSON is the client's number too: the digits are right here.
const parsed: unknown = JSON.parse('9007199254740993');
console.log("JSON.parse('9007199254740993')    ", parsed);
assert.equal(parsed, 9007199254740992);
const refusal: unknown = (() => {
  try {
    return JSON.stringify({ id: 9007199254740993n });
  } catch (error) {
    return error;
  }
})();
assert(refusal instanceof TypeError);
console.log('JSON.stringify({ id: 1n })        ', refusal.name);

server.close();
await once(server, 'close');
await db.query('DROP SCHEMA data_types_bigint CASCADE');
await db.end();
