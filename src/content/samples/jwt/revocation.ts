import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { SignJWT, generateKeyPair, jwtVerify } from 'jose';

const redis = new Redis(process.env.REDIS_URL ?? '');
const PREFIX = 'jwt-revocation:';
const clean = async () => {
  const keys = await redis.keys(`${PREFIX}*`);
  if (keys.length > 0) await redis.del(keys);
};
await clean();

const { publicKey, privateKey } = await generateKeyPair('ES256');
const LIFETIME = 600;
/** By how much clocks may differ, this one's and that of Redis. */
const LEEWAY = 60;

const signIn = (sub: string) =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: 'ES256' })
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME}s`)
    .sign(privateKey);

/** Calls to Redis, for the price of each way. */
let lookups = 0;

// #region revocation
type Claims = { sub: string; jti: string; exp: number };
const REQUIRED = { requiredClaims: ['sub', 'jti', 'exp'] };

async function claimsOf(token: string): Promise<Claims> {
  const options = { algorithms: ['ES256'], ...REQUIRED };
  return (await jwtVerify<Claims>(token, publicKey, options)).payload;
}

/** Stateless: nothing is remembered, so nothing can be taken back. */
const bySignature = {
  accepts: async (token: string) => Boolean(await claimsOf(token)),
  revoke: (_token: string) => Promise.resolve(),
  lock: (_sub: string) => Promise.resolve(),
};

/** Denies these bytes. Other bytes can be the same token. */
const hashKey = (token: string) =>
  `${PREFIX}hash:${createHash('sha256').update(token).digest('hex')}`;
const byHash = {
  async accepts(token: string) {
    await claimsOf(token);
    lookups += 1;
    return (await redis.exists(hashKey(token))) === 0;
  },
  revoke: (token: string) => redis.set(hashKey(token), '1', 'EX', LIFETIME),
  lock: (_sub: string) => Promise.resolve(),
};

/** Denies what the signature covers: the token's id, or its subject. */
const userKey = (sub: string) => `${PREFIX}sub:${sub}`;
const byClaims = {
  async accepts(token: string) {
    const { sub, jti } = await claimsOf(token);
    lookups += 1;
    return (await redis.exists(`${PREFIX}jti:${jti}`, userKey(sub))) === 0;
  },
  async revoke(token: string) {
    const { jti, exp } = await claimsOf(token);
    // Outlives the token a little: a clock may be behind.
    await redis.set(`${PREFIX}jti:${jti}`, '1', 'EXAT', exp + LEEWAY);
  },
  lock: (sub: string) => redis.set(userKey(sub), '1', 'EX', LIFETIME + LEEWAY),
};
// #endregion revocation

/** The last character of 86 carries 2 bits of 6: four are ignored. */
function otherLetter(token: string): string {
  const alphabet =
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.at(-1) ?? '');
  return token.slice(0, -1) + alphabet[last ^ 1];
}

/** (r, s) and (r, n - s) sign the same: everyone can make the other. */
function otherSignature(token: string): string {
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const end = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(end), 'base64url');
  const s = BigInt(`0x${signature.toString('hex', 32)}`);
  signature.write((n - s).toString(16).padStart(64, '0'), 32, 'hex');
  return token.slice(0, end) + signature.toString('base64url');
}

const ways = { bySignature, byHash, byClaims };
type Way = (typeof ways)[keyof typeof ways];
const seen = async (way: Way, token: string) =>
  (await way.accepts(token).catch(() => false)) ? 'in' : 'out';

const trials: [string, (way: Way) => Promise<string>, string][] = [
  ['before logout', async (way) => seen(way, await signIn('mia')), 'in in in'],
  [
    'after logout',
    async (way) => {
      const token = await signIn('mia');
      await way.revoke(token);
      return seen(way, token);
    },
    'in out out',
  ],
  [
    'its last letter changed',
    async (way) => {
      const token = await signIn('mia');
      await way.revoke(token);
      return seen(way, otherLetter(token));
    },
    'in in out',
  ],
  [
    'its signature negated',
    async (way) => {
      const token = await signIn('mia');
      await way.revoke(token);
      return seen(way, otherSignature(token));
    },
    'in in out',
  ],
  [
    'after Eve is locked',
    async (way) => {
      const token = await signIn('eve');
      await way.lock('eve');
      return seen(way, token);
    },
    'in in out',
  ],
];

console.log('token'.padEnd(26) + Object.keys(ways).join('  '));
for (const [name, trial, expected] of trials) {
  const cells: string[] = [];
  for (const way of Object.values(ways)) cells.push(await trial(way));
  const [first = '', second = '', third = ''] = cells;
  console.log(name.padEnd(26) + first.padEnd(13) + second.padEnd(8) + third);
  assert.equal(cells.join(' '), expected);
}

const spent: number[] = [];
const token = await signIn('ben');
for (const way of Object.values(ways)) {
  lookups = 0;
  for (let i = 0; i < 100; i += 1) assert.equal(await seen(way, token), 'in');
  spent.push(lookups);
}
const [none, ...some] = spent;
console.log(
  'lookups for 100 requests'.padEnd(26) +
    String(none).padEnd(13) +
    some
      .map((count) => String(count).padEnd(8))
      .join('')
      .trimEnd(),
);
assert.deepEqual(spent, [0, 100, 100]);

// A lock is for new tokens as well.
assert.equal(await seen(byClaims, await signIn('eve')), 'out');

// An entry outlives the token that it denies, but not by much.
for (const kind of ['jti', 'sub'])
  for (const key of await redis.keys(`${PREFIX}${kind}:*`)) {
    const left = await redis.ttl(key);
    assert(left > LIFETIME && left <= LIFETIME + LEEWAY);
  }
await clean();
await redis.quit();
