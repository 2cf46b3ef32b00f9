/** The parts of `node:crypto` that need no keys of two halves: for those, programs use WebCrypto through jose. */
import { argon2d, argon2i, argon2id } from '@noble/hashes/argon2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 as derive } from '@noble/hashes/pbkdf2.js';
import { scrypt as deriveHard } from '@noble/hashes/scrypt.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { hold } from './lifetime.ts';
import * as timers from './timers.ts';

const DIGESTS = { md5, sha1, sha256, sha384, sha512 };
type Data = string | ArrayBufferView | ArrayBuffer | KeyObject;
type Result = string | Buffer;
type Callback = (error: Error | null, result: Buffer) => void;

function digestWithName(name: string) {
  const key = name.toLowerCase().replace('-', '').replace('rsasha', 'sha');
  if (key in DIGESTS) return DIGESTS[key as keyof typeof DIGESTS];
  throw Object.assign(new Error('Digest method not supported'), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
}

function bytesOf(data: Data, encoding?: string): Uint8Array {
  if (data instanceof KeyObject) return data.bytes;
  if (typeof data === 'string') return Buffer.from(data, encoding as BufferEncoding);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const encoded = (bytes: Uint8Array, encoding?: string): Result => {
  const buffer = Buffer.from(bytes);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding as BufferEncoding) : buffer;
};

interface Running {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
  clone(): Running;
}

/** What `createHash` and `createHmac` return. */
class Hash {
  readonly #running: Running;
  #done = false;
  constructor(running: Running) {
    this.#running = running;
  }
  update(data: Data, encoding?: string): this {
    this.#running.update(bytesOf(data, encoding));
    return this;
  }
  digest(encoding?: string): Result {
    if (this.#done) throw Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
    this.#done = true;
    return encoded(this.#running.digest(), encoding);
  }
  copy(): Hash {
    return new Hash(this.#running.clone());
  }
}

export const createHash = (name: string) => new Hash(digestWithName(name).create() as Running);
export const createHmac = (name: string, key: Data) =>
  new Hash(hmac.create(digestWithName(name), bytesOf(key)) as Running);
export const hash = (name: string, data: Data, encoding = 'hex') => createHash(name).update(data).digest(encoding);

/** A secret key. */
export class KeyObject {
  readonly type = 'secret';
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  export(): Buffer {
    return Buffer.from(this.bytes);
  }
  get symmetricKeySize(): number {
    return this.bytes.length;
  }
}
export const createSecretKey = (key: Data, encoding?: string) => new KeyObject(bytesOf(key, encoding));

export const webcrypto = globalThis.crypto;
export const { subtle } = globalThis.crypto;
export const getRandomValues = <T extends Exclude<BufferSource, ArrayBuffer>>(array: T) =>
  globalThis.crypto.getRandomValues(array as never) as T;
export const randomUUID = () => globalThis.crypto.randomUUID();

/** Runs `work` in a turn of its own and hands its result to `callback`, as what Node.js gives to its threads. */
function later<T>(work: () => T, callback: (error: Error | null, result: T) => void): void {
  const running = hold();
  timers.setImmediate(() => {
    running.release();
    let result: T;
    try {
      result = work();
    } catch (error) {
      callback(error as Error, undefined as T);
      return;
    }
    callback(null, result);
  });
}

export function randomBytes(size: number, callback?: Callback): Buffer | undefined {
  const make = () => {
    const bytes = Buffer.alloc(size);
    // At most 65,536 bytes at a time.
    for (let at = 0; at < size; at += 65_536) globalThis.crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    return bytes;
  };
  if (!callback) return make();
  later(make, callback);
  return undefined;
}

export function randomInt(min: number, max?: number): number {
  const [low, high] = max === undefined ? [0, min] : [min, max];
  const range = high - low;
  const limit = 2 ** 32 - (2 ** 32 % range);
  for (;;) {
    const [value = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
    if (value < limit) return low + (value % range);
  }
}

export function timingSafeEqual(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a.byteLength !== b.byteLength) {
    const error = new RangeError('Input buffers must have the same byte length');
    throw Object.assign(error, { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });
  }
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.reduce((difference, byte, at) => difference | (byte ^ (right[at] ?? 0)), 0) === 0;
}

export const pbkdf2Sync = (password: Data, salt: Data, c: number, dkLen: number, digest: string) =>
  Buffer.from(derive(digestWithName(digest), bytesOf(password), bytesOf(salt), { c, dkLen }));

export function pbkdf2(...args: [...Parameters<typeof pbkdf2Sync>, Callback]): void {
  const callback = args.pop() as Callback;
  later(() => pbkdf2Sync(...(args as unknown as Parameters<typeof pbkdf2Sync>)), callback);
}

const ARGON2 = { argon2d, argon2i, argon2id };

/** What Node.js's `argon2` takes; memory in KiB. */
interface Argon2 {
  message: Data;
  nonce: Data;
  parallelism: number;
  tagLength: number;
  memory: number;
  passes: number;
  secret?: Data;
  associatedData?: Data;
}

export function argon2Sync(algorithm: keyof typeof ARGON2, options: Argon2): Buffer {
  const { message, nonce, parallelism, tagLength, memory, passes, secret, associatedData } = options;
  const salt = bytesOf(nonce);
  if (salt.length < 8) {
    const error = new RangeError('The value of "parameters.nonce.byteLength" is out of range. It must be >= 8.');
    throw Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
  }
  const tag = ARGON2[algorithm](bytesOf(message), salt, {
    t: passes,
    m: memory,
    p: parallelism,
    dkLen: tagLength,
    ...(secret && { key: bytesOf(secret) }),
    ...(associatedData && { personalization: bytesOf(associatedData) }),
  });
  return Buffer.from(tag);
}

export function argon2(algorithm: keyof typeof ARGON2, options: Argon2, callback: Callback): void {
  later(() => argon2Sync(algorithm, options), callback);
}

interface Cost {
  maxmem?: number;
  N?: number;
  r?: number;
  p?: number;
  cost?: number;
  blockSize?: number;
  parallelization?: number;
}
export function scryptSync(password: Data, salt: Data, dkLen: number, cost: Cost = {}): Buffer {
  const N = cost.N ?? cost.cost ?? 16_384;
  const r = cost.r ?? cost.blockSize ?? 8;
  const p = cost.p ?? cost.parallelization ?? 1;
  if (128 * N * r >= (cost.maxmem ?? 32 * 1024 ** 2)) {
    const error = new RangeError('Invalid scrypt params: memory limit exceeded');
    throw Object.assign(error, { code: 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS' });
  }
  return Buffer.from(deriveHard(bytesOf(password), bytesOf(salt), { N, r, p, dkLen, maxmem: 2 ** 31 }));
}

export function scrypt(password: Data, salt: Data, length: number, cost: Cost | Callback, last?: Callback): void {
  const [options, callback] = typeof cost === 'function' ? [{}, cost] : [cost, last!];
  later(() => scryptSync(password, salt, length, options), callback);
}

export const getHashes = () => Object.keys(DIGESTS);
export const constants = {};

/** Keys of two halves: WebCrypto has them, and jose uses it. */
function unavailable(): never {
  throw new Error('Public and private keys of node:crypto are not available in a browser. Use jose.');
}
export const [createPublicKey, createPrivateKey, createSign, createVerify, generateKeyPairSync] = Array.from(
  { length: 5 },
  () => unavailable,
);

export default {
  argon2,
  argon2Sync,
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  getHashes,
  getRandomValues,
  hash,
  KeyObject,
  pbkdf2,
  pbkdf2Sync,
  randomBytes,
  randomInt,
  randomUUID,
  scrypt,
  scryptSync,
  subtle,
  timingSafeEqual,
  webcrypto,
};
