import type { Pool } from 'pg';
import { thrownBy, type Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  await kit.startTables();
  await kit.pool.query(`
    INSERT INTO account VALUES (1, 100), (2, 0), (3, 1000), (4, 1000)`);
  const { transfer } = await kit.load<{
    transfer: (pool: Pool, from: number, to: number, amount: number) => Promise<void>;
  }>('transfer');
  const balance = (id: number) => kit.value('SELECT balance FROM account WHERE id = $1', [id]);
  const move = (from: number, to: number, amount: number) => thrownBy(() => transfer(kit.pool, from, to, amount));

  await move(1, 2, 30);
  yield [
    (await balance(1)) === 70 && (await balance(2)) === 30,
    `30 of 100 moved: ${await balance(1)} and ${await balance(2)}`,
  ];
  const refused = await move(1, 2, 71);
  yield [refused !== undefined && (await balance(1)) === 70, `71 of 70: ${refused?.message ?? 'no error'}`];

  const errors = await kit.atOnce('SELECT FROM account WHERE id IN (1, 2) FOR UPDATE', () =>
    Promise.all(Array.from({ length: 20 }, () => move(1, 2, 10))),
  );
  const done = errors.filter((error) => !error).length;
  const [left, received] = [await balance(1), await balance(2)];
  yield [
    done === 7 && left === 0 && received === 100,
    `20 times 10 of 70 at once: ${done} done, ${left} and ${received}`,
  ];

  const crossing = await kit.atOnce('SELECT FROM account WHERE id IN (3, 4) FOR UPDATE', () =>
    Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? move(3, 4, 5) : move(4, 3, 5)))),
  );
  const failed = crossing.flatMap((error) => error?.message ?? []);
  yield [
    failed.length === 0 && (await balance(3)) === 1000 && (await balance(4)) === 1000,
    `10 that cross: ${failed[0] ?? 'no errors'}`,
  ];

  const odd = await Promise.all([move(3, 4, -5), move(3, 4, 0), move(3, 4, 1.5), move(3, 99, 5), move(99, 4, 5)]);
  yield [
    odd.every(Boolean) && (await balance(3)) === 1000 && (await balance(4)) === 1000,
    `refused: ${odd.map(Boolean).join()}; ${await balance(3)}`,
  ];
};
