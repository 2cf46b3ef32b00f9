import assert from 'node:assert/strict';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

// #region rotation
/** The first key signs; each of them verifies. */
type Keys = { id: string; key: Buffer }[];

function sign(keys: Keys, text: string): string {
  const [first] = keys;
  if (!first) throw new Error('There is no key to sign with');
  const { id, key } = first;
  const mac = createHmac('sha256', key).update(`${id}.${text}`);
  return `${id}.${text}.${mac.digest('base64url')}`;
}

function verified(keys: Keys, token: string): string | undefined {
  const [, id, text, mac = ''] = /^(\w+)\.(.*)\.([\w-]+)$/.exec(token) ?? [];
  const found = keys.find((one) => one.id === id);
  if (!found || text === undefined) return undefined;
  const right = createHmac('sha256', found.key).update(`${id}.${text}`);
  const [given, expected] = [Buffer.from(mac, 'base64url'), right.digest()];
  if (given.length !== expected.length) return undefined;
  return timingSafeEqual(given, expected) ? text : undefined;
}

const older = { id: 'k1', key: randomBytes(32) };
const newer = { id: 'k2', key: randomBytes(32) };

/** Deployments, one after another. Each reaches one instance at a time. */
const plans: Record<string, Keys[]> = {
  'the new one instead': [[older], [newer]],
  'the new one first': [[older], [newer, older], [newer]],
  'known before used': [[older], [older, newer], [newer, older], [newer]],
};
// #endregion rotation

/** Two instances, which sign a token each between any two changes. */
function refusals(steps: Keys[], lifetime: number): number {
  const [start = []] = steps;
  const instances = [start, start];
  let refused = 0;
  let now = 0;
  let tokens: { token: string; until: number }[] = [];
  const work = () => {
    now += 1;
    tokens = tokens.filter(({ until }) => until > now);
    for (const keys of instances)
      tokens.push({ token: sign(keys, 'ana'), until: now + lifetime });
    for (const keys of instances)
      for (const { token } of tokens)
        if (verified(keys, token) === undefined) refused += 1;
  };
  work();
  for (const [at, keys] of steps.entries()) {
    if (at === 0) continue;
    // A key is dropped when the last token that it signed has expired.
    const before = steps[at - 1] ?? [];
    if (keys.length < before.length)
      for (let t = 0; t < lifetime; t += 1) work();
    for (const index of instances.keys()) {
      instances[index] = keys;
      work();
    }
  }
  return refused;
}

console.log('deployment of a new key     valid tokens refused');
const counts = Object.entries(plans).map(([name, steps]) => {
  const count = refusals(steps, 3);
  console.log(`${name.padEnd(28)}${count}`);
  return count;
});
const [instead = 0, first = 0, known] = counts;
assert(instead > first && first > 0);
assert.equal(known, 0);

const token = sign([older], 'ana');
assert.equal(verified([newer, older], token), 'ana');
assert.equal(verified([newer], token), undefined);
const forged = [
  token.replace('ana', 'ben'),
  token.replace('k1', 'k2'),
  `${token}A`,
  token.slice(0, -1),
  'k1.ana.',
  '',
];
for (const one of forged)
  assert.equal(verified([newer, older], one), undefined);
console.log(`${forged.length} forged tokens: refused`);
