import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';

const SECRET = 'a secret that only we and the sender have';

const signatureOf = (body: Buffer | string) =>
  createHmac('sha256', SECRET).update(body).digest();

// #region raw
/** Answers whether the sender signed these bytes. */
const webhook =
  (bytesOf: (body: unknown) => Buffer | null): RequestHandler =>
  (req, res) => {
    const bytes = bytesOf(req.body);
    const sent = Buffer.from(req.get('x-signature') ?? '', 'hex');
    const isGenuine =
      bytes !== null &&
      sent.length === 32 && // or timingSafeEqual throws
      timingSafeEqual(sent, signatureOf(bytes));
    res.sendStatus(isGenuine ? 204 : 400);
  };

const asSent = (body: unknown) => (Buffer.isBuffer(body) ? body : null);
const writtenAnew = (body: unknown) => Buffer.from(JSON.stringify(body));
const raw = express.raw({ type: 'application/json', limit: '100kb' });

const orders = {
  /** The bytes are gone: write them again, and hope. */
  jsonFirst: (app: Express) =>
    app.use(express.json()).post('/webhook', webhook(writtenAnew)),

  /** Too late: the body was read, and this parser lets it be. */
  rawBehindJson: (app: Express) =>
    app.use(express.json()).post('/webhook', raw, webhook(asSent)),

  /** On this route alone, before the parser that is for all the others. */
  rawFirst: (app: Express) =>
    app.post('/webhook', raw, webhook(asSent)).use(express.json()),
};
// #endregion raw

const bodies: Record<string, string> = {
  compact: '{"event":"paid","cents":4900}',
  'with spaces': '{ "event": "paid", "cents": 4900 }',
  'a number as 49.00': '{"event":"paid","euros":49.00}',
  'an escaped letter': '{"event":"paid","name":"J\\u00fcrgen"}',
  'a key twice': '{"event":"paid","cents":1,"cents":4900}',
  'a large number': '{"event":"paid","id":9007199254740993}',
};
const FORGED = '{"event":"paid","cents":0}';

async function statusesOf(setup: (app: Express) => unknown) {
  const app = express();
  setup(app);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const send = async (body: string, signed = body) => {
    const { status } = await fetch(`http://localhost:${port}/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-signature': signatureOf(signed).toString('hex'),
      },
      body,
    });
    return status;
  };
  const statuses: number[] = [];
  for (const body of Object.values(bodies)) statuses.push(await send(body));
  statuses.push(await send(FORGED, bodies.compact));
  server.close();
  await once(server, 'close');
  return statuses;
}

const table: number[][] = [];
for (const setup of Object.values(orders)) table.push(await statusesOf(setup));
console.log('body, signed'.padEnd(18), Object.keys(orders).join('  '));
for (const [row, name] of [...Object.keys(bodies), 'forged'].entries()) {
  const [json, late, first] = table.map((column) => column[row]);
  console.log(name.padEnd(18), `${json}        ${late}            ${first}`);
}
assert.deepEqual(table, [
  [204, 400, 400, 400, 400, 400, 400],
  [400, 400, 400, 400, 400, 400, 400],
  [204, 204, 204, 204, 204, 204, 400],
]);
