import assert from 'node:assert/strict';
import type { Client } from 'pg';

// #region plan
/** The parts of EXPLAIN's JSON that are the same on every run. */
type Plan = {
  'Node Type': string;
  'Relation Name'?: string;
  'Plan Rows': number;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
};

/** One step of a plan: rows for each loop, dropped rows and buffers in all. */
export type Step = {
  depth: number;
  name: string;
  estimated: number;
  actual: number;
  loops: number;
  dropped: number;
  buffers: number;
};

/** Executes the statement; its plan from the top down. */
export async function stepsOf(db: Client, text: string): Promise<Step[]> {
  const { rows } = await db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
  );
  assert(rows[0]);
  return walk(rows[0]['QUERY PLAN'][0].Plan, 0);
}

/**
 * The steps of a SELECT without what a session reads only once: of several
 * runs, the one that read least. Lookups in the catalogs only ever add.
 */
export async function warmStepsOf(db: Client, text: string): Promise<Step[]> {
  let least = await stepsOf(db, text);
  for (let again = 0; again < 3; again += 1) {
    const steps = await stepsOf(db, text);
    if (buffersOf(steps) < buffersOf(least)) least = steps;
  }
  return least;
}

function walk(plan: Plan, depth: number): Step[] {
  const below = plan.Plans ?? [];
  const total = (p: Plan) => p['Shared Hit Blocks'] + p['Shared Read Blocks'];
  const step = {
    depth,
    name: [plan['Node Type'], plan['Relation Name']].join(' ').trim(),
    // Both row counts are means over the loops, so they can be compared.
    estimated: plan['Plan Rows'],
    actual: plan['Actual Rows'],
    loops: plan['Actual Loops'],
    // This one is a mean, too.
    dropped: (plan['Rows Removed by Filter'] ?? 0) * plan['Actual Loops'],
    // A node's buffers contain those of all nodes below it.
    buffers: below.reduce((rest, child) => rest - total(child), total(plan)),
  };
  return [step, ...below.flatMap((child) => walk(child, depth + 1))];
}
// #endregion plan

/** Prints steps as a table, the plan's tree in the last column. */
export function printSteps(steps: Step[]) {
  console.log(' estimated  actual  loops  dropped  buffers  step');
  for (const { depth, name, ...step } of steps) {
    const cells = [
      step.estimated,
      step.actual,
      step.loops,
      step.dropped,
      step.buffers,
    ].map((cell) => cell.toLocaleString('en'));
    const [estimated = '', actual = '', loops = '', ...rest] = cells;
    const [dropped = '', buffers = ''] = rest;
    console.log(
      estimated.padStart(10),
      actual.padStart(7),
      loops.padStart(6),
      dropped.padStart(8),
      buffers.padStart(8),
      ` ${'  '.repeat(depth)}${name}`,
    );
  }
}

/** The buffers of the whole plan: what its steps read, added up. */
export function buffersOf(steps: Step[]): number {
  return steps.reduce((sum, { buffers }) => sum + buffers, 0);
}
