import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import { authenticId, signatureOf } from './verify.ts';

const secret = randomBytes(32);

// #region receivers
const check = (req: Request, body: unknown) =>
  authenticId([secret], req.headers, body) !== undefined;

/** The parser is there for all routes; so sign what it made of the body. */
const reserialised = express();
reserialised.use(express.json());
reserialised.post('/', (req, res) => {
  const body = Buffer.from(JSON.stringify(req.body));
  res.sendStatus(check(req, body) ? 204 : 400);
});

/** A raw parser for this route, behind the parser for all routes. */
const rawTooLate = express();
rawTooLate.use(express.json());
rawTooLate.post('/', express.raw({ type: 'application/json' }), (req, res) => {
  res.sendStatus(check(req, req.body) ? 204 : 400);
});

/** A raw parser that keeps its default type, application/octet-stream. */
const rawNoType = express();
rawNoType.post('/', express.raw(), (req, res) => {
  res.sendStatus(check(req, req.body) ? 204 : 400);
});

/** The bytes, checked before anything else looks at them. */
const rawBytes = express();
rawBytes.post('/', express.raw({ type: 'application/json' }), (req, res) => {
  res.sendStatus(check(req, req.body) ? 204 : 400);
});
// For other routes, and so after this one.
rawBytes.use(express.json());
// #endregion receivers

/** The same kind of event as senders in other languages write it. */
const bodies = {
  'like JSON.stringify': '{"amount":10,"to":"Zo\u00eb"}',
  'space after colon': '{"amount": 10, "to": "Zo\u00eb"}',
  'escaped letter': '{"amount":10,"to":"Zo\\u00eb"}',
  'escaped slash': '{"amount":10,"to":"a\\/b"}',
  'number 10.0': '{"amount":10.0,"to":"Zo\u00eb"}',
  'number over 2^53': '{"amount":9007199254740993}',
  'keys "2", "1"': '{"2":"b","1":"a"}',
  'newline at the end': '{"amount":10}\n',
};
const receivers = { reserialised, rawTooLate, rawNoType, rawBytes };

const table = new Map<string, string[]>();
for (const kind of Object.keys(bodies)) table.set(kind, []);
const accepted: string[] = [];
for (const [name, app] of Object.entries(receivers)) {
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const [kind, text] of Object.entries(bodies)) {
    const body = Buffer.from(text);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const response = await fetch(`http://localhost:${port}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'webhook-id': 'evt_1',
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(secret, 'evt_1', timestamp, body),
      },
      body,
    });
    assert([204, 400].includes(response.status), `${name}: ${kind}`);
    table.get(kind)?.push(String(response.status));
  }
  server.close();
  await once(server, 'close');
  const columns = [...table.values()];
  accepted.push(`${columns.filter((row) => row.at(-1) === '204').length} of 8`);
}

assert.deepEqual(accepted, ['1 of 8', '0 of 8', '0 of 8', '8 of 8']);
const print = (first: string, cells: string[]) =>
  console.log(first.padEnd(20), ...cells.map((cell) => cell.padStart(12)));
print('all signed correctly', Object.keys(receivers));
for (const [kind, statuses] of table) print(kind, statuses);
print('accepted', accepted);
