import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/** A tenth more or less: keys that are written together expire apart. */
export const spread = (ttl: number, random = Math.random) =>
  Math.round(ttl * (0.9 + 0.2 * random()));

// #region cache
/** The value; or the lease, to one caller; or neither, to the others. */
const ASK = `
  local value = redis.call('GET', KEYS[1])
  if value then return { value, 0 } end
  local mine = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
  return { false, mine and 1 or 0 }`;
const Asked = z.tuple([z.string().nullable(), z.number()]);

/** Stores under a lease that still stands, and so ends it. */
const STORE = `
  if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return redis.call('DEL', KEYS[2])`;

/** Ends a lease, unless it is somebody else's by now. */
const RELEASE = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

// In milliseconds. A dead holder's lease runs out; no request waits for that.
const [LEASE, WAIT] = [5_000, 1_000];

type Load = () => Promise<{ text: string; ttl: number }>;

/** A cache over one connection; `report` hears of each failure of Redis. */
export function cacheOn(redis: Redis, report: (error: unknown) => void) {
  const underWay = new Map<string, Promise<string>>();
  const attempt = (command: Promise<unknown>) =>
    command.catch((error: unknown) => void report(error));
  // The braces keep both keys in one slot of a cluster.
  const leaseOf = (key: string) => `lease:{${key}}`;

  async function readAlone(key: string, load: Load): Promise<string> {
    const lease = leaseOf(key);
    const token = randomUUID();
    const release = () => attempt(redis.eval(RELEASE, 1, lease, token));
    for (const end = performance.now() + WAIT; ;) {
      const reply = await attempt(redis.eval(ASK, 2, key, lease, token, LEASE));
      if (reply === undefined) {
        // Redis may still get to it, and lease to nobody.
        void release();
        return (await load()).text;
      }
      const [hit, mine] = Asked.parse(reply);
      if (hit !== null) return hit;
      if (mine || performance.now() >= end) break;
      await sleep(20);
    }
    try {
      const { text, ttl } = await load();
      await attempt(redis.eval(STORE, 2, key, lease, token, text, spread(ttl)));
      return text;
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** The text under `key`, loaded once however many ask. */
  function read(key: string, load: Load): Promise<string> {
    const joined = underWay.get(key);
    if (joined) return joined;
    const flight = readAlone(key, load).finally(() => {
      if (underWay.get(key) === flight) underWay.delete(key);
    });
    underWay.set(key, flight);
    return flight;
  }

  /** To be called after COMMIT. Ends leases too: their data is old. */
  async function invalidate(key: string): Promise<void> {
    underWay.delete(key);
    await attempt(redis.del(key, leaseOf(key)));
  }
  return { read, invalidate };
}
// #endregion cache
