import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

// #region hash
const derive = promisify(argon2);

/** OWASP's minimum: memory in KiB, passes, lanes. Raise it as you can. */
const POLICY = { memory: 19_456, passes: 2, parallelism: 1 };

const TAG_LENGTH = 32;

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

/** A PHC string: all that verifying needs, in the one column to store. */
export async function hash(password: string, policy = POLICY): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive('argon2id', {
    message: password,
    nonce,
    tagLength: TAG_LENGTH,
    ...policy,
  });
  const { memory, passes, parallelism } = policy;
  const parameters = `m=${memory},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${parameters}$${base64(nonce)}$${base64(tag)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;

function parse(phc: string) {
  const [, m, t, p, nonce = '', tag = ''] = PHC.exec(phc) ?? [];
  const parsed = {
    policy: { memory: Number(m), passes: Number(t), parallelism: Number(p) },
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
  // Another kind of hash, or a damaged one: our fault, not a wrong password.
  if (parsed.tag.length !== TAG_LENGTH) throw new Error('not a PHC string');
  return parsed;
}

/** Derives with the stored parameters: today's policy may be another. */
export async function verify(phc: string, password: string): Promise<boolean> {
  const { policy, nonce, tag } = parse(phc);
  const derived = await derive('argon2id', {
    message: password,
    nonce,
    tagLength: TAG_LENGTH,
    ...policy,
  });
  return timingSafeEqual(derived, tag);
}

/** Whether a hash, once verified, should be made again. */
export function isOutdated(phc: string): boolean {
  const { policy } = parse(phc);
  return (
    policy.memory !== POLICY.memory ||
    policy.passes !== POLICY.passes ||
    policy.parallelism !== POLICY.parallelism
  );
}
// #endregion hash
