import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

const JOBS = 1_000;
/** The mail provider is down for a minute; then it takes so many a second. */
const DOWN_UNTIL = 60;
const PER_SECOND = 50;

/** As good as random here, and the same in every run. */
function hashed(job: number, attempt: number): number {
  const digest = createHash('sha256').update(`${job}:${attempt}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

// #region herd
/** Seconds to wait after a failed attempt; `random` is from 0 to below 1. */
type Backoff = (attempt: number, random: number) => number;

const MAX = 60;

const fixed: Backoff = () => 10;

/** 1, 2, 4, 8 ... seconds, a minute at most. */
const exponential: Backoff = (attempt) => Math.min(MAX, 2 ** (attempt - 1));

/** At any time up to that: those who failed together come back apart. */
const fullJitter: Backoff = (attempt, random) =>
  exponential(attempt, 0) * random;

/** All jobs fail in second 0. What happens until the last one is done? */
function recovery(backoff: Backoff) {
  let waiting = Array.from({ length: JOBS }, (_, job) => ({
    job,
    attempt: 1,
    at: backoff(1, hashed(job, 1)),
  }));
  let [inVain, busiest, second] = [JOBS, 0, 0];
  for (; waiting.length > 0; second += 1) {
    const due = waiting.filter(({ at }) => at < second + 1);
    let places = second < DOWN_UNTIL ? 0 : PER_SECOND;
    for (const one of due) {
      places -= 1;
      if (places >= 0) continue; // sent
      one.attempt += 1;
      one.at += backoff(one.attempt, hashed(one.job, one.attempt));
      inVain += 1;
    }
    const sent = new Set(due.filter(({ at }) => at < second + 1));
    waiting = waiting.filter((one) => !sent.has(one));
    if (second >= DOWN_UNTIL) busiest = Math.max(busiest, due.length);
  }
  return { inVain, busiest, lastDone: second - 1 };
}
// #endregion herd

const expected: Record<string, [number, number, number]> = {
  fixed: [15_500, 1_000, 250],
  exponential: [15_500, 1_000, 1_203],
  fullJitter: [5_392, 22, 118],
};
console.log('backoff       in vain  busiest second  last one done');
for (const backoff of [fixed, exponential, fullJitter]) {
  const { inVain, busiest, lastDone } = recovery(backoff);
  console.log(
    backoff.name.padEnd(12),
    inVain.toLocaleString('en').padStart(8),
    busiest.toLocaleString('en').padStart(15),
    `second ${lastDone.toLocaleString('en')}`.padStart(14),
  );
  assert.deepEqual([inVain, busiest, lastDone], expected[backoff.name]);
}
