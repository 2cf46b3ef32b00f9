import type { Response } from 'express';
import type { Redis } from 'ioredis';
import { z } from 'zod';

// #region limiter
/** GCRA. The only thing stored is when the whole budget will be back. */
const TAKE = `
  local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
  local now = tonumber(ARGV[3])
  if not now then
    -- The clock of Redis, since those of the instances differ.
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  local back = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
  local next = back + interval
  local wait = next - burst * interval - now
  if wait > 0 then return { 0, 0, wait } end
  redis.call('SET', KEYS[1], next, 'PX', next - now)
  return { 1, math.floor(-wait / interval), 0 }`;
const Taken = z.tuple([z.number(), z.number(), z.number()]);

interface Policy {
  /** Part of the key: each policy counts for itself. */
  name: string;
  /** How many may come at once. */
  burst: number;
  /** After how many milliseconds one more may come. Rounded up. */
  interval: number;
  /** Milliseconds, for tests. Left out, Redis tells the time. */
  now?: () => number;
}

/** Takes one from the budget of a key. Rejects if Redis does not answer. */
export function limiterOn(redis: Redis, policy: Policy) {
  const { name, burst, now } = policy;
  const interval = Math.ceil(policy.interval); // Redis takes no fractions.
  return async (key: string) => {
    const args = [interval, burst, now?.() ?? ''];
    const reply = await redis.eval(TAKE, 1, `limit:${name}:${key}`, ...args);
    const [allowed, left, wait] = Taken.parse(reply);
    return { allowed: allowed === 1, left, wait };
  };
}

/** The 429, with when to come back: `wait` is in milliseconds. */
export function refuse(res: Response, wait: number) {
  res.status(429).set('Retry-After', String(Math.ceil(wait / 1000)));
  res.type('application/problem+json');
  res.json({ type: 'about:blank', title: 'Too Many Requests', status: 429 });
}
// #endregion limiter
