import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import cors, { type CorsOptions } from 'cors';
import express from 'express';
import { pageAt } from './page.ts';

// #region checks
const own = ['https://shop.example', 'https://www.shop.example'];

/** An `origin` option that asks a function. */
const asking =
  (test: (origin: string) => boolean): CorsOptions['origin'] =>
  (origin, callback) =>
    callback(null, origin !== undefined && test(origin));

const checks: Record<string, CorsOptions['origin']> = {
  '*': '*',
  'true (reflects)': true,
  startsWith: asking((origin) => own.some((one) => origin.startsWith(one))),
  endsWith: asking((origin) => origin.endsWith('shop.example')),
  'dots as they are': /^https:\/\/(www.)?shop.example$/,
  'any subdomain': /^https:\/\/([a-z]+\.)?shop\.example$/,
  'http or https': /^https?:\/\/(www\.)?shop\.example$/,
  "list with 'null'": [...own, 'null'], // for a developer's file://
  'with a g flag': /^https:\/\/(www\.)?shop\.example$/g,
  'exact list': own,
};

/** Each of these can be had by somebody who is not the shop. */
const foreign: Record<string, string> = {
  'https://evil.test': 'any site',
  'https://shop.example.evil.test': 'a longer host',
  'https://evilshop.example': 'a longer name',
  'https://www-shop.example': 'another name',
  'https://old.shop.example': 'a subdomain that was forgotten',
  'http://shop.example': 'the network, where there is no TLS',
  null: 'a frame with `sandbox`',
};
// #endregion checks

const SESSION = 'session=ana';

/** Who can read Ana's data with Ana's cookie, if `origin` is checked so. */
async function readers(origin: CorsOptions['origin'], asked: string[]) {
  const app = express().use(cors({ origin, credentials: true }));
  app.get('/me', (_req, res) => void res.json('ana'));
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const found: string[] = [];
  for (const page of asked) {
    const seen = await pageAt(page, SESSION)(`http://localhost:${port}/me`);
    if (seen.text !== undefined) found.push(page);
  }
  server.close();
  await once(server, 'close');
  return found;
}

const expected: Record<string, [own: number, foreign: string[]]> = {
  '*': [0, []],
  'true (reflects)': [2, Object.keys(foreign)],
  startsWith: [2, ['https://shop.example.evil.test']],
  endsWith: [
    2,
    [
      'https://evilshop.example',
      'https://www-shop.example',
      'https://old.shop.example',
      'http://shop.example',
    ],
  ],
  'dots as they are': [2, ['https://www-shop.example']],
  'any subdomain': [2, ['https://old.shop.example']],
  'http or https': [2, ['http://shop.example']],
  "list with 'null'": [2, ['null']],
  'with a g flag': [1, []],
  'exact list': [2, []],
};

console.log('origin             own     foreign origins that read');
for (const [name, origin] of Object.entries(checks)) {
  const ours = await readers(origin, own);
  const theirs = await readers(origin, Object.keys(foreign));
  assert.deepEqual([ours.length, theirs], expected[name], name);
  const all = theirs.length === Object.keys(foreign).length;
  const [first = '-', ...rest] = all ? [`all ${theirs.length}`] : theirs;
  console.log(`${name.padEnd(19)}${ours.length} of 2  ${first}`);
  for (const other of rest) console.log(other.padStart(27 + other.length));
}
