import type { Express } from 'express';
import type { Pool } from 'pg';
import type { Grader } from '../kit.ts';

const ROWS = 500;

export const grade: Grader = async function* (kit) {
  // Ten rows share each moment, and the moments differ by a microsecond, which a JavaScript Date cannot hold.
  await kit.startTables();
  await kit.pool.query(`
    INSERT INTO event SELECT n, timestamptz '2026-01-01Z' + n / 10 * interval '1 microsecond', 'k'
    FROM generate_series(1, ${ROWS}) AS n`);
  const { makeApp } = await kit.load<{ makeApp: (pool: Pool) => Express }>();
  const ask = await kit.serve(makeApp(kit.pool));
  const page = async (limit: number, cursor?: string) => {
    const { status, body } = await ask(
      `/events?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    return { status, items: (body['items'] ?? []) as { id: number }[], next: body['next'] as string | undefined };
  };
  /** All pages, one after the other; more than there can be means that they go round. */
  const walk = async (between: () => Promise<unknown>) => {
    const ids: number[] = [];
    let { items, next } = await page(7);
    for (let pages = 1; ; pages++) {
      ids.push(...items.map(({ id }) => id));
      if (!next || pages > ROWS) return ids;
      await between();
      ({ items, next } = await page(7, next));
    }
  };

  const ids = await walk(async () => {});
  const once = new Set(ids).size;
  yield [once === ROWS && ids.length === ROWS, `${ids.length} rows on all pages, ${once} of ${ROWS} different`];
  yield [
    ids.length > 20 && ids.every((id, at) => at === 0 || id < ids[at - 1]!),
    `begins with ${ids.slice(0, 12).join()}`,
  ];

  let added = ROWS;
  const moving = await walk(() => kit.pool.query(`INSERT INTO event VALUES (${++added}, '2026-06-01', 'k')`));
  const old = moving.filter((id) => id <= ROWS);
  yield [
    old.length === ROWS && new Set(moving).size === moving.length,
    `${old.length} old rows, ${moving.length - new Set(moving).size} twice`,
  ];

  const broken = await Promise.all(['x', 'eyJpZCI6IngifQ', '{}', "'; --"].map((cursor) => page(7, cursor)));
  yield [broken.every(({ status }) => status === 400), `broken cursors: ${broken.map(({ status }) => status).join()}`];
  const much = await page(100_000);
  yield [much.status === 400 || much.items.length <= 100, `limit=100000: ${much.status}, ${much.items.length} rows`];
};
