import assert from 'node:assert/strict';

const MINUTES = 30 * 24 * 60;
const A_MINUTE = 1_000;
const at = (day: number) => day * 24 * 60;

/** Failed requests of each minute, of 1,000, in a month with one trouble. */
const months: Record<string, (minute: number) => number> = {
  '6% in 1 minute of 120': (minute) => (minute % 120 === 0 ? 60 : 0),
  'all fail, 10 minutes': (minute) =>
    minute >= at(9) && minute < at(9) + 10 ? 1_000 : 0,
  '2% fail, 4 hours': (minute) =>
    minute >= at(9) && minute < at(9) + 240 ? 20 : 0,
  '0.2% fail, 10 days': (minute) =>
    minute >= at(9) && minute < at(19) ? 2 : 0,
};

// #region budget
/** 99.9% of requests succeed, over 30 days. */
const ALLOWED = 0.001;
const BUDGET = MINUTES * A_MINUTE * ALLOWED;

type Window = (minutes: number) => number;
/** How fast the budget goes: 1 spends all of it in exactly 30 days. */
const burn = (errorsIn: Window, minutes: number) =>
  errorsIn(minutes) / (minutes * A_MINUTE) / ALLOWED;

/** Over the long window it matters; over the short one, it still happens. */
const both = (errorsIn: Window, long: number, short: number, rate: number) =>
  burn(errorsIn, long) >= rate && burn(errorsIn, short) >= rate;

const alerts: Record<string, (errorsIn: Window) => boolean> = {
  '5% in a minute': (errorsIn) => errorsIn(1) / A_MINUTE >= 0.05,
  page: (errorsIn) => both(errorsIn, 60, 5, 14.4) || both(errorsIn, 360, 30, 6),
  ticket: (errorsIn) => both(errorsIn, 3 * 24 * 60, 360, 1),
};
// #endregion budget

const names = Object.keys(alerts);
console.log(`${''.padEnd(26)}budget  ${names.join('  ')}`);
const fired: Record<string, number[]> = {};
for (const [name, failuresOf] of Object.entries(months)) {
  const sums = [0];
  for (let minute = 0; minute < MINUTES; minute += 1)
    sums.push((sums[minute] ?? 0) + failuresOf(minute));
  const spent = (sums[MINUTES] ?? 0) / BUDGET;
  const counts = Object.values(alerts).map((isOn) => {
    let before = false;
    let times = 0;
    for (let now = 1; now <= MINUTES; now += 1) {
      const on = isOn(
        (minutes) => (sums[now] ?? 0) - (sums[Math.max(0, now - minutes)] ?? 0),
      );
      if (on && !before) times += 1;
      before = on;
    }
    return times;
  });
  fired[name] = counts;
  const cells = counts.map((count, place) =>
    String(count).padStart(names[place]?.length ?? 0),
  );
  const percent = `${Math.round(spent * 100)}%`.padStart(6);
  console.log(`${name.padEnd(26)}${percent}  ${cells.join('  ')}`);
}
assert.deepEqual(Object.values(fired), [
  [360, 0, 0],
  [1, 1, 1],
  [0, 1, 1],
  [0, 0, 1],
]);
// What the numbers in Google's table mean: shares of the budget.
assert.equal(Math.round((14.4 * 60 * 100) / MINUTES), 2);
assert.equal(Math.round((6 * 360 * 100) / MINUTES), 5);
