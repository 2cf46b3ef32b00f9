import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import {
  SignJWT,
  createLocalJWKSet,
  errors,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  importSPKI,
  jwtVerify,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

const ISSUER = 'https://login.example.com';
const STAGING = 'https://login.staging.example.com';
const AUDIENCE = 'https://api.example.com';

const { subtle } = globalThis.crypto;
const newPair = () => generateKeyPair('RS256', { extractable: true });
const [ours, partners, attackers] = await Promise.all([
  newPair(),
  newPair(),
  newPair(),
]);
const pem = await exportSPKI(ours.publicKey);
const jwkOf = async (key: CryptoKey, kid: string) => ({
  ...(await exportJWK(key)),
  kid,
  alg: 'RS256',
});
const ourKey = await jwkOf(ours.publicKey, 'our-2026');
const partnerKey = await jwkOf(partners.publicKey, 'partner-2026');
/** All public keys in one list, whoever they belong to. */
const PEMS: Record<string, string | undefined> = {
  'our-2026': pem,
  'partner-2026': await exportSPKI(partners.publicKey),
};

const decoded = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;

// #region verifiers
type Header = { alg: string; kid?: string; jwk?: JWK };
type Check = (data: string, sign: string, header: Header) => unknown;

const ALGORITHMS: Record<string, Check | undefined> = {
  NONE: () => true,
  HS256: (data, sign, { kid = '' }) =>
    createHmac('sha256', PEMS[kid] ?? '')
      .update(data)
      .digest('base64url') === sign,
  async RS256(data, sign, { kid = '', jwk }) {
    const key = jwk
      ? await importJWK(jwk, 'RS256')
      : await importSPKI(PEMS[kid] ?? '', 'RS256');
    const signature = Buffer.from(sign, 'base64url');
    const name = 'RSASSA-PKCS1-v1_5';
    return subtle.verify(name, key as CryptoKey, signature, Buffer.from(data));
  },
};

/** Written by hand: the token says how it wants to be checked. */
async function byHeader(token: string): Promise<JWTPayload> {
  const [head = '', body = '', sign = ''] = token.split('.');
  const header = decoded(head) as Header;
  if (header.alg === 'none') throw new Error('no signature');
  const check = ALGORITHMS[header.alg.toUpperCase()];
  if (!(await check?.(`${head}.${body}`, sign, header)))
    throw new Error('wrong signature');
  return decoded(body) as JWTPayload;
}

/** The signature is checked properly, and nothing else is asked. */
const allKeys = createLocalJWKSet({ keys: [ourKey, partnerKey] });
async function bySignature(token: string): Promise<JWTPayload> {
  return (await jwtVerify(token, allKeys)).payload;
}

/** The verifier says what it accepts: from whom, for whom, and for what. */
const issuersKeys = createLocalJWKSet({ keys: [ourKey] });
async function verified(token: string): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, issuersKeys, {
    algorithms: ['RS256'],
    issuer: ISSUER,
    audience: AUDIENCE,
    typ: 'at+jwt',
    requiredClaims: ['sub', 'exp'],
  });
  return payload;
}
// #endregion verifiers

const now = Math.floor(Date.now() / 1000);
const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'mia',
  iat: now,
  exp: now + 600,
};
const HEADER = { alg: 'RS256', kid: 'our-2026', typ: 'at+jwt' };

const encoded = (value: object) =>
  Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (claims: JWTPayload, key = ours.privateKey, header = {}) =>
  new SignJWT(claims).setProtectedHeader({ ...HEADER, ...header }).sign(key);
/** The attacker's own token. Nobody has to sign what nobody checks. */
const forged = (header: object, sign: (data: string) => string) => {
  const data = `${encoded({ ...HEADER, ...header })}.${encoded({
    ...CLAIMS,
    sub: 'admin',
  })}`;
  return `${data}.${sign(data)}`;
};

const admin = { ...CLAIMS, sub: 'admin' };
const { exp: _exp, ...endless } = CLAIMS;
const honest = await signed(CLAIMS);
const [head, , signature] = honest.split('.');
const attackersJwk = await exportJWK(attackers.publicKey);
const SIGNATURE = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
const CLAIM = 'ERR_JWT_CLAIM_VALIDATION_FAILED';
const NOT_ALLOWED = 'ERR_JOSE_ALG_NOT_ALLOWED';

const tokens: [string, string, string][] = [
  ['honest', honest, 'in in in'],
  [
    'changed claims',
    `${head}.${encoded(admin)}.${signature}`,
    `out out ${SIGNATURE}`,
  ],
  ['alg: none', forged({ alg: 'none' }, () => ''), `out out ${NOT_ALLOWED}`],
  ['alg: nOnE', forged({ alg: 'nOnE' }, () => ''), `in out ${NOT_ALLOWED}`],
  [
    'HS256, public key',
    forged({ alg: 'HS256' }, (data) =>
      createHmac('sha256', pem).update(data).digest('base64url'),
    ),
    `in out ${NOT_ALLOWED}`,
  ],
  [
    'brings its own key',
    await signed(admin, attackers.privateKey, { jwk: attackersJwk }),
    `in out ${SIGNATURE}`,
  ],
  [
    'kid of a partner',
    await signed(admin, partners.privateKey, { kid: 'partner-2026' }),
    'in in ERR_JWKS_NO_MATCHING_KEY',
  ],
  [
    'of the test system',
    await signed({ ...CLAIMS, iss: STAGING }),
    `in in ${CLAIM}`,
  ],
  [
    'for another API',
    await signed({ ...CLAIMS, aud: 'https://mail.example.com' }),
    `in in ${CLAIM}`,
  ],
  [
    'an ID token',
    await signed(CLAIMS, ours.privateKey, { typ: 'JWT' }),
    `in in ${CLAIM}`,
  ],
  [
    'expired',
    await signed({ ...CLAIMS, exp: now - 1 }),
    'in out ERR_JWT_EXPIRED',
  ],
  [
    'not yet valid',
    await signed({ ...CLAIMS, nbf: now + 600 }),
    `in out ${CLAIM}`,
  ],
  ['without exp', await signed(endless), `in in ${CLAIM}`],
];

const outcome = (check: Promise<JWTPayload>) =>
  check.then(
    () => 'in',
    (error: unknown) =>
      error instanceof errors.JOSEError ? error.code : 'out',
  );
const short = (cell: string) => (cell === 'in' ? 'in' : 'out');

console.log('token               byHeader bySignature verified');
for (const [name, token, expected] of tokens) {
  const hand = short(await outcome(byHeader(token)));
  const signature = short(await outcome(bySignature(token)));
  const strict = await outcome(verified(token));
  console.log(
    `${name.padEnd(20)}${hand.padEnd(9)}${signature.padEnd(6)}${strict}`,
  );
  assert.equal([hand, signature, strict].join(' '), expected);
}
assert.equal((await verified(honest)).sub, 'mia');
