/**
 * `npm run eval:grade <task> <folder>`: runs a solution on a real PostgreSQL. Prints each assertion as passed or failed to
 * stderr, and the guide's `grading.json` to stdout. Exit code 0 if all hold, 1 if not, 2 if it could not be graded.
 */
import { cp, mkdir, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createDatabase, createTemplate, dropDatabase } from '../services/databases.ts';
import { startPostgres } from '../services/postgres.ts';
import { EVALS, tasks, type Grading, type Task } from './evals.ts';
import { Kit, type Grader } from './kit.ts';

/** A solution that has not been graded by then hangs. */
const LIMIT_SECONDS = 60;

const [name, folder] = process.argv.slice(2);
const task = tasks().find((one) => one.name === name || String(one.id) === name);
if (!task || !folder || !(await stat(folder).catch(() => undefined))?.isDirectory()) {
  console.error('Usage: npm run eval:grade <task> <folder with the solution>');
  console.error(
    `Tasks: ${tasks()
      .map((one) => one.name)
      .join(', ')}`,
  );
  process.exit(2);
}
// What a solution prints does not belong into the result.
console.log = console.error;
const grading = await graded(task, resolve(folder));
for (const { text, passed, evidence } of grading.assertion_results) {
  console.error(`${passed ? 'PASS' : 'FAIL'} ${text}\n     ${evidence}`);
}
process.stdout.write(JSON.stringify(grading, null, 2) + '\n', () => process.exit(grading.summary.failed > 0 ? 1 : 0));

async function graded(task: Task, from: string): Promise<Grading> {
  const { grade } = (await import(`./graders/${task.name}.ts`)) as { grade: Grader };
  // Below the repository, so that the solution finds the packages, and out of node_modules, where types are not stripped.
  const place = join(process.cwd(), '.trial/evals', `${task.name}-${process.pid}`);
  await mkdir(place, { recursive: true });
  const skipped = ['node_modules', 'package.json', 'package-lock.json'];
  await cp(from, place, { recursive: true, filter: (path) => path === from || !skipped.includes(basename(path)) });
  const postgres = await startPostgres();
  const database = `eval_${process.pid}`;
  const template = await createTemplate(postgres.url);
  const kit = new Kit(place, join(EVALS, 'files', task.name), await createDatabase(postgres.url, template, database));
  try {
    return await verdicts(task, grade(kit));
  } finally {
    await kit.close();
    await Promise.all([database, template].map((one) => dropDatabase(postgres.url, one)));
    await postgres.stop();
    await rm(place, { recursive: true, force: true });
  }
}

async function verdicts(task: Task, found: ReturnType<Grader>): Promise<Grading> {
  const results: Grading['assertion_results'] = [];
  let problem = 'the grader has no verdict on it';
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`not graded within ${LIMIT_SECONDS} s`)), LIMIT_SECONDS * 1000).unref();
  });
  // An error outside of what a grader awaits would end the process with nothing said.
  const escaped = new Promise<never>((_, reject) =>
    process.on('unhandledRejection', reject).on('uncaughtException', reject),
  );
  try {
    for (const text of task.assertions) {
      const { value, done } = await Promise.race([found.next(), late, escaped]);
      if (done) break;
      const [passed, evidence] = value;
      results.push({ text, passed, evidence: typeof evidence === 'string' ? evidence : JSON.stringify(evidence) });
    }
  } catch (error) {
    problem = `could not be graded: ${error instanceof Error ? error.message : String(error)}`;
  }
  for (const text of task.assertions.slice(results.length)) results.push({ text, passed: false, evidence: problem });
  const passed = results.filter((result) => result.passed).length;
  const total = results.length;
  return {
    assertion_results: results,
    summary: { passed, failed: total - passed, total, pass_rate: Math.round((100 * passed) / total) / 100 },
  };
}
