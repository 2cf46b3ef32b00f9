import type { Express } from 'express';
import type { Pool } from 'pg';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  await kit.startTables();
  await kit.pool.query(kit.text('tables.sql') ?? '');
  const { makeApp } = await kit.load<{ makeApp: (pool: Pool) => Express }>();
  const ask = await kit.serve(makeApp(kit.pool));
  const pay = (key: string | undefined, amount: unknown) =>
    ask('/charges', { json: { amount }, headers: key ? { 'idempotency-key': key } : {} });
  const charges = () => kit.value('SELECT count(*)::int FROM charge');

  const first = await pay('a', 100);
  yield [first.status === 201 && typeof first.body['id'] === 'number', `${first.status} ${first.text}`];
  const retry = await pay('a', 100);
  yield [
    retry.status === 201 && retry.text === first.text && (await charges()) === 1,
    `retried: ${retry.status} ${retry.text}, ${await charges()} charges`,
  ];

  const parallel = await kit.atOnce('LOCK TABLE charge IN SHARE MODE', () =>
    Promise.all(Array.from({ length: 20 }, () => pay('b', 200))),
  );
  const made = (await charges()) - 1;
  yield [made === 1, `20 at once with one key: ${made} charges`];
  const done = parallel.filter(({ status }) => status === 201);
  const ids = new Set(done.map(({ text }) => text));
  // Those that came too early may be told to try again.
  const others = parallel.filter(({ status }) => status !== 201).map(({ status }) => status);
  yield [
    ids.size === 1 && others.every((status) => status === 409 || status === 425),
    `${done.length} times 201 with ${ids.size} bodies, else ${others.join() || 'nothing'}`,
  ];

  const before = await charges();
  const reused = await pay('a', 999);
  yield [
    [409, 422].includes(reused.status) && (await charges()) === before,
    `the key with another amount: ${reused.status}`,
  ];
  const keyless = await pay(undefined, 100);
  yield [keyless.status === 400 && (await charges()) === before, `without a key: ${keyless.status}`];
  const wrong = await pay('c', -5);
  const right = await pay('c', 5);
  yield [
    wrong.status === 400 && [201, 422].includes(right.status) && (await charges()) <= before + 1,
    `-5: ${wrong.status}, then 5 with the same key: ${right.status}`,
  ];
};
