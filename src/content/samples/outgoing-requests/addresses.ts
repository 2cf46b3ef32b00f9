import assert from 'node:assert/strict';
import ipaddr from 'ipaddr.js';
import { isPublic } from './public-address.ts';

// #region addresses
/** Copied from project to project: the private ranges, as text. */
const PRIVATE = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$)/;

const cases: [address: string, isPublic: boolean][] = [
  ['127.0.0.1', false],
  ['10.0.0.5', false],
  ['127.1', false], // inet_aton fills in the zeros.
  ['2130706433', false], // 127 * 2^24 + 1
  ['0177.0.0.1', false],
  ['0x7f.0.0.1', false],
  ['0.0.0.0', false], // "This host": reaches localhost on Linux.
  ['169.254.169.254', false], // Where clouds hand out credentials.
  ['100.64.0.1', false], // Shared between customers of one provider.
  ['::ffff:127.0.0.1', false], // IPv4 within IPv6.
  ['::ffff:7f00:1', false], // The same, as a URL parser writes it.
  ['::7f00:1', false], // An older way to put IPv4 into IPv6.
  ['64:ff9b::7f00:1', false], // The same behind a NAT64 gateway.
  ['fd12:3456::1', false],
  ['fe80::1', false],
  ['8.8.8.8', true],
  ['::ffff:8.8.8.8', true],
  ['2001:4860:4860::8888', true],
];
// #endregion addresses

console.log('address                by text   by range');
let missed = 0;
for (const [address, expected] of cases) {
  const byText = !PRIVATE.test(address);
  const range = ipaddr.process(address).range();
  if (byText && !expected) missed += 1;
  const verdict = byText === expected ? '' : '   MISSED';
  console.log(
    `${address.padEnd(23)}${(byText ? 'public' : 'private').padEnd(10)}` +
      `${range}${verdict}`,
  );
  assert.equal(isPublic(address), expected);
}
assert.equal(isPublic('localhost'), false);
const inside = cases.filter(([, expected]) => !expected).length;
assert.deepEqual([missed, inside], [12, 15]);
console.log(`${missed} of ${inside} that are not public pass the text`);
