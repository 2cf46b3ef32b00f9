import assert from 'node:assert/strict';
import type { Client } from 'pg';

// #region plan
/** The parts of EXPLAIN's JSON that say how a statement ran. */
export type Plan = {
  'Node Type': string;
  'Actual Rows': number;
  'Index Cond'?: string;
  'Index Searches'?: number;
  'Heap Fetches'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'WAL Records': number;
  Plans?: Plan[];
};

/** Executes a statement, a DELETE too, and tells what it read and wrote. */
export async function planOf(db: Client, text: string, values?: unknown[]) {
  const { rows } = await db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, WAL, FORMAT JSON) ${text}`,
    values,
  );
  const [row] = rows;
  assert(row);
  return row['QUERY PLAN'][0].Plan;
}

/** The plan of a SELECT whose catalog lookups are already cached. */
export async function readPlanOf(db: Client, text: string, values?: unknown[]) {
  await planOf(db, text, values);
  return planOf(db, text, values);
}

/** Pages of 8 KiB that were read, out of PostgreSQL's cache or into it. */
export function buffersOf(plan: Plan): number {
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

/** The step that finds the rows: the first leaf, below Sort and Limit. */
export function scanOf(plan: Plan): Plan {
  const [below] = plan.Plans ?? [];
  return below ? scanOf(below) : plan;
}
// #endregion plan
