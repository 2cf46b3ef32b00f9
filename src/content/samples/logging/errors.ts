import assert from 'node:assert/strict';
import { pino } from 'pino';
import { failureOf, Fault } from './failure.ts';

let output = '';
const write = (line: string) => (output += line);
const log = pino({ base: null, timestamp: false }, { write });

// #region errors
const cause = Object.assign(new Error('connect to 10.0.0.9 refused'), {
  code: 'ECONNREFUSED',
});
const fault = new Fault('order 7 was not charged', { cause });
/** As clients of HTTP do: the request, with its headers, on the error. */
const error = Object.assign(fault, { config: { auth: 'a bearer token' } });
const both = new AggregateError([error, new Error('and 8')], 'two failed');

const ours = log.child({}, { serializers: { err: failureOf } });
const calls: Record<string, () => void> = {
  // @ts-expect-error In TypeScript pino refuses what it would drop.
  "error('failed', error)": () => log.error('failed', error),
  'error({ error })': () => log.error({ error }, 'failed'),
  'error(JSON.stringify(error))': () => log.error(JSON.stringify(error)),
  'error(`failed: ${error}`)': () => log.error(`failed: ${String(error)}`),
  'error({ err: error.message })': () => log.error({ err: error.message }),
  'error(error)': () => log.error(error),
  'error({ err: error })': () => log.error({ err: error }, 'failed'),
  'ours.error({ err: error })': () => ours.error({ err: error }, 'failed'),
  'ours, an AggregateError': () => ours.error({ err: both }, 'failed'),
};
// #endregion errors

const looksFor: Record<string, RegExp> = {
  message: /order 7 was not charged/,
  stack: /\bat [^"]+:\d+:\d+/,
  cause: /refused|"by":/,
  code: /ECONNREFUSED/,
  token: /bearer/,
};

const heads = Object.keys(looksFor);
console.log(`${''.padEnd(30)}${heads.join('  ')}`);
for (const [name, call] of Object.entries(calls)) {
  output = '';
  call();
  const seen = heads.filter((head) => looksFor[head]?.test(output));
  const cells = heads.map((head) =>
    (seen.includes(head) ? 'yes' : '-').padEnd(head.length + 2),
  );
  console.log((name.padEnd(30) + cells.join('')).trimEnd());
  if (name.startsWith('ours'))
    assert.deepEqual(seen, ['message', 'stack', 'cause', 'code']);
}

// The first of the losses: pino's own serializer keeps no code of a cause.
output = '';
log.error({ err: error });
assert.match(output, /10\.0\.0\.9/);
assert.doesNotMatch(output, /ECONNREFUSED/);

// A message can look like frames, and be changed after they were made.
const forged = new Error('no user\n    at bearer (/secret:1:1)');
assert.doesNotMatch(JSON.stringify(failureOf(forged)), /bearer/);
assert.match(JSON.stringify(failureOf(forged)), /errors\.ts:\d+:\d+/);
forged.message = 'changed';
assert.deepEqual(failureOf(forged).at, []);

const circular = new Fault('its own cause');
circular.cause = circular;
assert.equal(failureOf(circular).by?.type, 'Fault');
assert.deepEqual(failureOf('thrown text'), { type: 'string' });
