import assert from 'node:assert/strict';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { authenticId, secretOf, signatureOf } from './verify.ts';

const NOW = Math.floor(Date.now() / 1000);
const secret = secretOf(`whsec_${randomBytes(32).toString('base64')}`);
const oldSecret = randomBytes(32);

// #region receivers
/** A signature of the body, and a time and an id that nobody signed. */
const bodyOnly = express();
bodyOnly.post('/', express.raw({ type: () => true }), (req, res) => {
  const age = Date.now() / 1000 - Number(req.get('webhook-timestamp'));
  if (age > 300) return void res.sendStatus(400);
  const hmac = createHmac('sha256', secret).update(req.body as Buffer);
  const right = Buffer.from(hmac.digest('hex'));
  const given = Buffer.from(req.get('x-signature') ?? '');
  res.sendStatus(timingSafeEqual(given, right) ? 204 : 400);
});

/** Bytes, time and id under one signature. */
const allSigned = express();
allSigned.post('/', express.raw({ type: () => true }), (req, res) => {
  const id = authenticId([secret, oldSecret], req.headers, req.body);
  res.sendStatus(id ? 204 : 400);
});
// #endregion receivers

const codes: unknown[] = [];
const reply: ErrorRequestHandler = (error, _req, res, _next) => {
  codes.push((error as { code?: unknown }).code);
  res.sendStatus(500);
};
const apps = { bodyOnly, allSigned };
const ports = new Map<string, number>();
const servers = Object.entries(apps).map(async ([name, app]) => {
  const server = app.use(reply).listen(0);
  await once(server, 'listening');
  ports.set(name, (server.address() as AddressInfo).port);
  return server;
});
const listening = await Promise.all(servers);

const body = Buffer.from('{"type":"order.paid","order":17}');
type Delivery = Record<'id' | 'time' | 'old' | 'new', string> & {
  body: Buffer<ArrayBuffer>;
};

/** What the sender sends, signed in both ways. */
function delivery(time = String(NOW), keys = [secret], bytes = body): Delivery {
  const hex = createHmac('sha256', keys[0] ?? '')
    .update(bytes)
    .digest('hex');
  const list = keys.map((key) => signatureOf(key, 'evt_1', time, bytes));
  return { id: 'evt_1', time, old: hex, new: list.join(' '), body: bytes };
}
const yesterday = delivery(String(NOW - 86_400));
const forged = Buffer.from('{"type":"order.paid","order":18}');

const cases: [string, Delivery, string][] = [
  ['genuine', delivery(), '204 204'],
  ['other body', { ...delivery(), body: forged }, '400 400'],
  ['other secret', delivery(undefined, [randomBytes(32)]), '400 400'],
  ['empty secret', delivery(undefined, [Buffer.alloc(0)]), '400 400'],
  ['no signature', { ...delivery(), old: '', new: '' }, '500 400'],
  ['signature cut short', cut(delivery()), '500 400'],
  ['yesterday, replayed', yesterday, '400 400'],
  ['  with the time of now', { ...yesterday, time: String(NOW) }, '204 400'],
  ['  with the time "soon"', { ...yesterday, time: 'soon' }, '204 400'],
  ['  with another id', { ...delivery(), id: 'evt_2' }, '204 400'],
  ['from next year', delivery(String(NOW + 31_536_000)), '204 400'],
  ['new and old secret', delivery(undefined, [secret, oldSecret]), '204 204'],
  ['old secret alone', delivery(undefined, [oldSecret]), '400 204'],
];

function cut(sent: Delivery): Delivery {
  return { ...sent, old: sent.old.slice(1), new: sent.new.slice(0, -1) };
}

console.log(''.padEnd(24), Object.keys(apps).join('  '));
for (const [name, sent, expected] of cases) {
  const statuses: number[] = [];
  for (const port of ports.values()) {
    const { status } = await fetch(`http://localhost:${port}/`, {
      method: 'POST',
      headers: {
        'webhook-id': sent.id,
        'webhook-timestamp': sent.time,
        'x-signature': sent.old,
        'webhook-signature': sent.new,
      },
      body: sent.body,
    });
    statuses.push(status);
  }
  console.log(name.padEnd(24), String(statuses[0]).padEnd(9), statuses[1]);
  assert.equal(statuses.join(' '), expected, name);
}

const LENGTHS = 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH';
assert.deepEqual(codes, [LENGTHS, LENGTHS]);

// The scheme's test vector.
const known = secretOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
assert.equal(
  signatureOf(
    known,
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    '1614265330',
    Buffer.from('{"test": 2432232314}'),
  ),
  'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
);

// With an empty key HMAC works as well: whoever knows that can sign.
assert.doesNotThrow(() => createHmac('sha256', ''));
for (const unset of [undefined, '', 'whsec_', 'whsec_c2hvcnQ=']) {
  assert.throws(() => secretOf(unset), /24 bytes/);
}

for (const server of listening) {
  server.close();
  await once(server, 'close');
}
