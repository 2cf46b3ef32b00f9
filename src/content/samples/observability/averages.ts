import assert from 'node:assert/strict';
import { Histogram, Registry } from 'prom-client';

/** Milliseconds of 900 requests to one instance, 30 of them slow. */
const busy = Array.from({ length: 900 }, (_, at) =>
  at % 30 === 0 ? 1_800 + at : 20 + ((at * 7) % 30),
);
/** 100 requests to a second instance, which is idle. */
const idle = Array.from({ length: 100 }, (_, at) => 10 + (at % 10));
const all = [...busy, ...idle];

// #region averages
const mean = (values: number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value that a share `q` of all values does not exceed. */
function exactly(q: number, values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(q * sorted.length) - 1] ?? NaN;
}

/** Counts, for each bound in seconds, how many took that long at most. */
async function bucketsOf(values: number[], bounds?: number[]) {
  const histogram = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by route.',
    registers: [new Registry()],
    ...(bounds && { buckets: bounds }),
  });
  for (const value of values) histogram.observe(value / 1_000);
  const { values: series } = await histogram.get();
  return series
    .filter(({ metricName = '' }) => metricName.endsWith('_bucket'))
    .map(({ labels, value }) => ({ le: Number(labels.le), count: value }))
    .map((bucket) => (Number.isNaN(bucket.le) ? last(bucket) : bucket));
}
const last = ({ count }: { count: number }) => ({ le: Infinity, count });
type Buckets = Awaited<ReturnType<typeof bucketsOf>>;

/** What a server makes of the buckets: as if they were filled evenly. */
function estimated(q: number, buckets: Buckets): number {
  const rank = q * (buckets.at(-1)?.count ?? 0);
  const at = buckets.findIndex(({ count }) => count >= rank);
  const below = buckets[at - 1] ?? { le: 0, count: 0 };
  const { le = NaN, count = NaN } = buckets[at] ?? {};
  if (le === Infinity) return below.le * 1_000;
  const share = (rank - below.count) / (count - below.count);
  return (below.le + (le - below.le) * share) * 1_000;
}

/** Counters can be added; quantiles cannot. */
const sumOf = (one: Buckets, other: Buckets): Buckets =>
  one.map(({ le, count }, at) => ({ le, count: count + other[at]!.count }));
// #endregion averages

const line = (name: string, ...cells: (number | string)[]) =>
  console.log(
    (
      name.padEnd(31) +
      cells
        .map((cell) => (typeof cell === 'string' ? cell : Math.round(cell)))
        .map((cell) => String(cell).padStart(7))
        .join('')
    ).trimEnd(),
  );

line('milliseconds', 'mean', 'p50', 'p99');
const rows = { 'busy, 900 requests': busy, 'idle, 100': idle, both: all };
for (const [name, values] of Object.entries(rows))
  line(name, mean(values), exactly(0.5, values), exactly(0.99, values));

// Nobody waited for about the mean.
assert.equal(all.filter((value) => value >= 50 && value < 1_800).length, 0);

const averaged = mean([exactly(0.99, busy), exactly(0.99, idle)]);
line('mean of the two p99', '', '', averaged);

const LIMITS = [0.02, 0.05, 0.1, 0.3, 1, 2, 2.5, 3];
for (const [name, bounds] of [
  ['buckets added, by default', undefined],
  ['buckets added, at our limits', LIMITS],
  ['buckets added, up to 1 s', [0.05, 0.3, 1]],
] as const) {
  const own = bounds && [...bounds];
  const added = sumOf(await bucketsOf(busy, own), await bucketsOf(idle, own));
  assert.deepEqual(added, await bucketsOf(all, own));
  line(name, '', estimated(0.5, added), estimated(0.99, added));
}

const within = (await bucketsOf(all, LIMITS)).find(({ le }) => le === 0.3);
const slow = all.filter((value) => value > 300).length;
console.log(
  `over 300 ms: ${all.length - (within?.count ?? 0)} of ${all.length}`,
);
assert.equal(all.length - (within?.count ?? 0), slow);
