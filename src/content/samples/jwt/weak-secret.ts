import assert from 'node:assert/strict';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';

const bytes = (secret: string) => new TextEncoder().encode(secret);

/** What a visitor gets: a token about themselves. */
const tokenOf = (secret: Uint8Array) =>
  new SignJWT({ sub: 'mia' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(secret);

// #region guess
const words = ['secret', 'password', 'changeme', 'letmein', 'acme', 'jwt'];
const ends = ['', '1', '123', '!', '2024', '2025', '2026', '-key', '-dev'];

/** All that people write: two words or one, capitals, and an ending. */
function* guesses() {
  for (const first of words)
    for (const second of ['', ...words])
      for (const end of ends) {
        const guess = first + second + end;
        yield guess;
        yield guess[0]?.toUpperCase() + guess.slice(1);
      }
}

/** Works on one token, at home: no server sees a single request. */
function secretOf(token: string): { secret?: string; tried: number } {
  const end = token.lastIndexOf('.');
  const data = token.slice(0, end);
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  let tried = 0;
  for (const secret of guesses()) {
    tried += 1;
    const guess = createHmac('sha256', secret).update(data).digest();
    if (timingSafeEqual(guess, signature)) return { secret, tried };
  }
  return { tried };
}

/** The library takes any length: the check is yours, at the start. */
function keyFrom(text: string): Uint8Array {
  // Buffer.from skips what is not base64url: sentences would pass, too.
  if (!/^[\w-]{43,}$/.test(text))
    throw new Error('JWT_SECRET: 32 random bytes, base64url');
  return Buffer.from(text, 'base64url');
}
// #endregion guess

for (const secret of ['Changeme123', 'acmesecret2026']) {
  const found = secretOf(await tokenOf(bytes(secret)));
  console.log(
    `${secret.padEnd(16)} ${String(found.tried).padStart(3)} guesses:`,
    found.secret ? 'found' : 'not in the list',
  );
  assert.equal(found.secret, secret);
}

// With the secret, anybody can be anybody.
const { secret = '' } = secretOf(await tokenOf(bytes('Changeme123')));
const admin = await new SignJWT({ sub: 'admin' })
  .setProtectedHeader({ alg: 'HS256' })
  .setExpirationTime('10m')
  .sign(bytes(secret));
const { payload } = await jwtVerify(admin, bytes('Changeme123'), {
  algorithms: ['HS256'],
});
console.log('signed with the secret found: sub', payload.sub);
assert.equal(payload.sub, 'admin');

// No library says a word about a secret of one letter.
const one = await tokenOf(bytes('a'));
await jwtVerify(one, bytes('a'), { algorithms: ['HS256'] });
console.log("jose signs and verifies with the secret 'a'");
assert.throws(() => keyFrom('a'), /32 random bytes/);

const strong = randomBytes(32);
assert.equal(keyFrom(strong.toString('base64url')).length, 32);
for (const text of ['Changeme123', 'change me, '.repeat(9)])
  assert.throws(() => keyFrom(text), /32 random bytes/);
const none = secretOf(await tokenOf(strong));
console.log(`32 random bytes  ${none.tried} guesses: not in the list`);
assert.equal(none.secret, undefined);
