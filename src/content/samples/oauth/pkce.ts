import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  calculatePKCECodeChallenge,
  randomPKCECodeVerifier,
} from 'openid-client';

// The example of RFC 7636, appendix B.
const EXAMPLE = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challengeOf = calculatePKCECodeChallenge;
const expected = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
assert.equal(await challengeOf(EXAMPLE), expected);

/** When Mia pressed the button. The attacker knows the second. */
const clicked = Date.UTC(2026, 0, 31, 9, 0, 0, 537);
const second = clicked - (clicked % 1000);

// #region verifiers
/** Unique, and long enough. Both can be said of the time as well. */
const fromClock = (milliseconds: number) =>
  createHash('sha256').update(`shop ${milliseconds}`).digest('hex');

type Sent = { code_challenge: string; code_challenge_method: string };

const ways: Record<string, Sent> = {
  plain: {
    code_challenge: randomPKCECodeVerifier(),
    code_challenge_method: 'plain',
  },
  fromClock: {
    code_challenge: await challengeOf(fromClock(clicked)),
    code_challenge_method: 'S256',
  },
  random: {
    code_challenge: await challengeOf(randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  },
};

/** What the address of the sign-in tells whoever reads it in a log. */
async function verifierFrom(sent: Sent): Promise<[string?, number?]> {
  if (sent.code_challenge_method === 'plain') return [sent.code_challenge, 0];
  for (let tried = 0; tried < 1000; tried += 1) {
    const guess = fromClock(second + tried);
    if ((await challengeOf(guess)) === sent.code_challenge)
      return [guess, tried + 1];
  }
  return [];
}
// #endregion verifiers

const found: Record<string, number | undefined> = {};
for (const [name, sent] of Object.entries(ways)) {
  const [verifier, tried] = await verifierFrom(sent);
  found[name] = tried;
  const outcome = verifier ? `known after ${tried} guesses` : 'stays unknown';
  console.log(`${name.padEnd(10)} ${outcome}`);
}
assert.deepEqual(found, { plain: 0, fromClock: 538, random: undefined });
