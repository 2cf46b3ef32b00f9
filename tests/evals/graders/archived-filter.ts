import type { Express } from 'express';
import type { Pool } from 'pg';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  await kit.startTables();
  await kit.pool.query(`
    INSERT INTO article SELECT n, 'A' || n, n % 10 = 0 FROM generate_series(1, 1000) AS n`);
  const { makeApp } = await kit.load<{ makeApp: (pool: Pool) => Express }>();
  const ask = await kit.serve(makeApp(kit.pool));
  const list = async (query: string) => {
    const { status, body } = await ask(`/articles${query}`);
    const items = (body['items'] ?? []) as { archived: boolean }[];
    return { query, status, items: items.length, archived: items.filter(({ archived }) => archived).length };
  };

  const shown = await list('?archived=true');
  yield [shown.status === 200 && shown.items > 0 && shown.archived === shown.items, shown];
  const hidden = await list('?archived=false');
  yield [hidden.status === 200 && hidden.items > 0 && hidden.archived === 0, hidden];
  const neither = await list('');
  yield [neither.status === 200 && neither.items === 20 && neither.archived > 0, neither];

  const wrong = [await list('?archived=banana'), await list('?archived=true&archived=false'), await list('?limit=ten')];
  yield [wrong.every(({ status }) => status === 400), wrong];
  const ends = [await list('?limit=0'), await list('?limit=-1'), await list('?limit=1.5'), await list('?limit=')];
  yield [ends.every(({ status }) => status === 400), ends];
  const much = await list('?limit=100000');
  yield [much.status === 400 || (much.status === 200 && much.items <= 100), much];
};
