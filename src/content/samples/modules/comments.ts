import assert from 'node:assert/strict';

// #region comments
/** Splits an amount evenly. The last part takes the rest, a cent or so. */
function sharesAsTold(cents: number, parts: number): number[] {
  const part = Math.round(cents / parts); // round to whole cents
  const shares = Array<number>(parts - 1).fill(part);
  shares.push(cents - part * (parts - 1)); // now it adds up
  return shares;
}

/**
 * Splits whole cents into parts that add up to them, that differ by one cent
 * at most, the larger ones first. Throws a RangeError if an argument is not a
 * whole number, or for less than one part.
 */
function sharesAsChecked(cents: number, parts: number): number[] {
  if (![cents, parts].every(Number.isSafeInteger) || parts < 1)
    throw new RangeError(`cannot split ${cents} into ${parts}`);
  const least = Math.floor(cents / parts);
  // Not rounded: rounding up would hand out more than there is.
  const larger = cents - least * parts;
  return Array.from({ length: parts }, (_, i) => least + (i < larger ? 1 : 0));
}

const sum = (shares: number[]) => shares.reduce((a, b) => a + b, 0);
const spread = (shares: number[]) => Math.max(...shares) - Math.min(...shares);

/** What the comments say and what they forgot, so that it can be false. */
const claims: Record<string, (cents: number, shares: number[]) => boolean> = {
  'add up to the amount': (cents, shares) => sum(shares) === cents,
  'differ by a cent at most': (_cents, shares) => spread(shares) <= 1,
  'larger ones first': (_cents, shares) =>
    shares.every((n, i) => i === 0 || n <= (shares[i - 1] ?? n)),
  'none is negative': (_cents, shares) => shares.every((n) => n >= 0),
};
// #endregion comments

const ways = { sharesAsTold, sharesAsChecked };
for (const [name, split] of Object.entries(ways)) {
  console.log(name.padEnd(15), 'splits 3 cents:', split(3, 5).join(', '));
}

/** In how many of all small cases a claim is false. */
function violations(claim: string, split: typeof sharesAsTold) {
  const holds = claims[claim];
  assert(holds);
  let tried = 0;
  let violated = 0;
  for (let cents = 0; cents <= 200; cents += 1) {
    for (let parts = 1; parts <= 12; parts += 1) {
      tried += 1;
      if (!holds(cents, split(cents, parts))) violated += 1;
    }
  }
  assert.equal(tried, 2412);
  return violated;
}

const table: number[][] = [];
console.log('false in so many of 2412  sharesAsTold  sharesAsChecked');
for (const claim of Object.keys(claims)) {
  const [told = 0, checked = 0] = Object.values(ways).map((split) =>
    violations(claim, split),
  );
  table.push([told, checked]);
  console.log(claim.padEnd(25), String(told).padEnd(13), checked);
}
assert.deepEqual(table, [
  [0, 0],
  [1039, 0],
  [774, 0],
  [55, 0],
]);

// The ends of the type: a refund, and the most that is exact.
for (const cents of [-5, -1, Number.MAX_SAFE_INTEGER]) {
  for (let parts = 1; parts <= 12; parts += 1) {
    const shares = sharesAsChecked(cents, parts);
    assert(sum(shares) === cents && spread(shares) <= 1);
  }
}
for (const [cents, parts] of [
  [100, 0],
  [100, 2.5],
  [10.5, 2],
  [NaN, 2],
]) {
  assert.throws(() => sharesAsChecked(cents ?? 0, parts ?? 0), RangeError);
}
