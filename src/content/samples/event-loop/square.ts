import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';

interface Line {
  sku: string;
  quantity: number;
}
let steps = 0;

// #region square
/** For each line, the first line of the same product: n by n. */
function mergedByScan(lines: Line[]): Line[] {
  const merged: Line[] = [];
  for (const line of lines) {
    const same = merged.find((other) => {
      steps += 1; // counted for this page
      return other.sku === line.sku;
    });
    if (same) same.quantity += line.quantity;
    else merged.push({ ...line });
  }
  return merged;
}

/** The same with a Map: one step for each line. */
function mergedByMap(lines: Line[]): Line[] {
  const merged = new Map<string, Line>();
  for (const line of lines) {
    steps += 1;
    const same = merged.get(line.sku);
    if (same) same.quantity += line.quantity;
    else merged.set(line.sku, { ...line });
  }
  return [...merged.values()];
}

/** A cap on bytes, and one on items: the worst case is known. */
function boundedCart(app: Express) {
  app.use(express.json({ limit: '20kb' }));
  app.post('/cart', (req, res) => {
    const lines = req.body as Line[]; // parsed by a schema, elsewhere
    if (lines.length > 100) return res.status(400).json('at most 100 lines');
    return res.json(mergedByMap(lines).length);
  });
}
// #endregion square

const cartOf = (length: number): Line[] =>
  Array.from({ length }, (_, at) => ({ sku: `sku-${at}`, quantity: 1 }));

console.log('lines    scan        map');
for (const length of [50, 100, 150, 200, 300, 400]) {
  const counted = [mergedByScan, mergedByMap].map((way) => {
    steps = 0;
    assert.equal(way(cartOf(length)).length, length);
    return steps;
  });
  const [scan = 0, map = 0] = counted;
  console.log(String(length).padEnd(8), String(scan).padEnd(11), map);
  assert.equal(scan, (length * (length - 1)) / 2);
  assert.equal(map, length);
}

const app = express();
boundedCart(app);
app.use(((_error, _req, res, _next) => {
  res.status(413).json('too large');
}) satisfies express.ErrorRequestHandler);
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const answers: string[] = [];
for (const length of [100, 101, 4_000]) {
  const response = await fetch(`http://localhost:${port}/cart`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(cartOf(length)),
  });
  await response.text();
  answers.push(`${response.status}`);
}
assert.deepEqual(answers, ['200', '400', '413']);
server.close();
await once(server, 'close');
