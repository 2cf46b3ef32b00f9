import type { Express } from 'express';
import type { Pool } from 'pg';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  await kit.startTables();
  await kit.pool.query(`
    INSERT INTO item VALUES (1, 'nut', 30, 3), (2, 'bolt', 10, 9), (3, 'screw', 20, 1), (4, '100% gold', 20, 5)`);
  const { makeApp } = await kit.load<{ makeApp: (pool: Pool) => Express }>();
  const ask = await kit.serve(makeApp(kit.pool));
  const list = async (query: Record<string, string>) => {
    const { status, body } = await ask(`/items?${new URLSearchParams(query).toString()}`);
    return `${status} ${((body['items'] ?? []) as { id: number }[]).map(({ id }) => id).join()}`;
  };

  const sorted = [
    await list({ sort: 'price' }),
    await list({ sort: 'name' }),
    await list({ sort: 'price', order: 'desc' }),
  ];
  yield [
    /^200 2,(3,4|4,3),1$/.test(sorted[0]!) && sorted[1] === '200 4,2,1,3' && /^200 1,(3,4|4,3),2$/.test(sorted[2]!),
    sorted,
  ];
  const unknown = [
    await list({ sort: 'cost' }),
    await list({ sort: 'nope' }),
    await list({ sort: '__proto__' }),
    await list({ sort: 'price', order: 'up' }),
  ];
  yield [unknown.every((answer) => answer.startsWith('400')), unknown];
  await list({ sort: 'id; DELETE FROM item' });
  await list({ sort: 'price', order: 'desc; DELETE FROM item' });
  await list({ q: "'; DELETE FROM item; --" });
  const bad = await list({ sort: '(SELECT 1 / 0)' });
  const rows = await kit.value('SELECT count(*)::int FROM item');
  yield [rows === 4 && !bad.startsWith('5'), `${rows} of 4 rows left; an expression: ${bad}`];
  const found = [await list({ q: 'o', sort: 'name' }), await list({ q: '%' }), await list({ q: '_' })];
  yield [found[0] === '200 4,2' && found[1] === '200 4' && found[2] === '200 ', found];
};
