import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

interface Row {
  id: number;
  cents: number;
}
const ROWS: Row[] = Array.from({ length: 400_000 }, (_, id) => ({
  id,
  cents: (id * 7) % 1_000,
}));
const TEXT = JSON.stringify(ROWS);

/** What is done with each row; a real report does more. */
const worth = ({ id, cents }: Row) => cents * (1 + Math.sin(id) ** 2);

// #region turns
const CHUNK = 2_000;

/** One long turn. */
function inOneGo(): number {
  let sum = 0;
  for (const row of ROWS) sum += worth(row);
  return sum;
}

/** 200 turns of nothing: what awaits a settled promise is next in line. */
async function awaiting(): Promise<number> {
  let sum = 0;
  for (const [at, row] of ROWS.entries()) {
    if (at % CHUNK === 0) await Promise.resolve();
    sum += worth(row);
  }
  return sum;
}

/** No better: a tick comes before timers and sockets. */
async function byNextTick(): Promise<number> {
  let sum = 0;
  for (const [at, row] of ROWS.entries()) {
    if (at % CHUNK === 0) await new Promise<void>((go) => process.nextTick(go));
    sum += worth(row);
  }
  return sum;
}

/** One call, and nothing to divide. */
function byJsonParse(): number {
  const rows = JSON.parse(TEXT) as Row[];
  return rows.reduce((sum, row) => sum + worth(row), 0);
}

/** After each chunk, everybody who waits has a turn. */
async function byImmediate(): Promise<number> {
  let sum = 0;
  for (const [at, row] of ROWS.entries()) {
    if (at % CHUNK === 0) await turn(); // setImmediate, as a promise
    sum += worth(row);
  }
  return sum;
}
// #endregion turns

console.log('             a timer of 1 ms fires   turns of others');
const ways = [inOneGo, awaiting, byNextTick, byJsonParse, byImmediate];
for (const way of ways) {
  let isOver = false;
  const fired = new Promise<boolean>((resolve) =>
    setTimeout(() => resolve(isOver), 1),
  );
  let turns = 0;
  const bystander = (async () => {
    for (await turn(); !isOver; await turn()) turns += 1;
  })();
  const sum = await way();
  isOver = true;
  const late = await fired;
  await bystander;
  const isRight = way === byImmediate;
  console.log(
    way.name.padEnd(12),
    (late ? 'after the work' : 'during the work').padEnd(23),
    turns === 0 ? 'none' : turns >= 100 ? 'more than 100' : turns,
  );
  assert.equal(late, !isRight);
  assert.equal(turns >= 100, isRight);
  assert.equal(turns === 0, !isRight);
  assert.equal(sum, inOneGo());
}
