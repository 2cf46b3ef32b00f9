import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { EVALS, tasks, type Grading } from './evals.ts';

const all = tasks();
const SOLUTIONS = 'tests/evals/solutions';

/** Grades a solution as `npm run eval:grade` does. */
function graded(task: string, folder: string): Promise<{ code: number | null; said: string; grading?: Grading }> {
  const env = { ...process.env, DATABASE_URL: inject('postgresUrl') };
  const child = spawn(process.execPath, ['tests/evals/grade.ts', task, folder], { env });
  let [result, said] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (result += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) =>
      resolve({ code, said, ...(result ? { grading: JSON.parse(result) as Grading } : {}) }),
    ),
  );
}

const failuresOf = (grading: Grading | undefined) =>
  grading?.assertion_results.filter(({ passed }) => !passed).map(({ text }) => text);

describe('a grader', () => {
  test.concurrent.for(all)('passes a good solution of $name', async ({ name, assertions }) => {
    const { code, said, grading } = await graded(name, `${SOLUTIONS}/${name}/good`);
    expect(failuresOf(grading), said).toEqual([]);
    expect([code, grading?.summary.total]).toEqual([0, assertions.length]);
  });

  test.concurrent.for(all)('names what a bad solution of $name gets wrong', async ({ name, assertions }) => {
    const bad = `${SOLUTIONS}/${name}/bad`;
    // A deadlock comes by chance: what may fail, and need not, is in a file of its own.
    const named = (file: string) =>
      existsSync(`${bad}/${file}`) ? (JSON.parse(readFileSync(`${bad}/${file}`, 'utf8')) as string[]) : [];
    const [expected, possible] = [named('fails.json'), named('may-fail.json')];
    expect(expected.length).toBeGreaterThan(0);
    expect([...expected, ...possible].filter((text) => !assertions.includes(text))).toEqual([]);
    const { code, said, grading } = await graded(name, bad);
    expect(
      failuresOf(grading)?.filter((text) => !possible.includes(text)),
      said,
    ).toEqual(expected);
    expect(code).toBe(1);
  });

  test.concurrent('fails every assertion of a solution that does not load', async () => {
    const { code, grading } = await graded('retry', `${SOLUTIONS}/cors/good`);
    expect([code, grading?.summary]).toEqual([1, { passed: 0, failed: 6, total: 6, pass_rate: 0 }]);
    expect(grading?.assertion_results[0]?.evidence).toBe('could not be graded: there is no transaction.ts');
  });

  test.concurrent('says how it is called', async () => {
    for (const [task, folder] of [['no-task', SOLUTIONS] as const, ['retry', '/nowhere'] as const]) {
      const { code, said } = await graded(task, folder);
      expect([code, said]).toEqual([2, expect.stringContaining('Tasks: email-taken, ')]);
    }
  });
});

describe('the tasks that ship', () => {
  test('have the form of the guide, with ids, names and assertions of their own', () => {
    expect(all.length).toBeGreaterThanOrEqual(12);
    expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, prompt, expected_output, assertions } of all) {
      expect(
        [prompt, expected_output].filter((text) => text.length < 40),
        name,
      ).toEqual([]);
      expect(assertions.length, name).toBeGreaterThan(2);
      expect(new Set(assertions).size, name).toBe(assertions.length);
    }
  });

  test('name their start files, and every start file is of a task', () => {
    const files = globSync('files/*/*', { cwd: EVALS }).map((path) => `evals/${path}`);
    expect(all.flatMap((task) => task.files).sort()).toEqual(files.sort());
    for (const { name, files: own } of all)
      expect(own.filter((path) => !path.startsWith(`evals/files/${name}/`))).toEqual([]);
  });

  test('have a grader and two solutions each, and there are no others', () => {
    const names = all.map(({ name }) => name).sort();
    expect(
      globSync('*.ts', { cwd: 'tests/evals/graders' })
        .map((file) => file.slice(0, -3))
        .sort(),
    ).toEqual(names);
    expect(globSync('*', { cwd: SOLUTIONS }).sort()).toEqual(names);
    expect(names.filter((name) => !existsSync(`${SOLUTIONS}/${name}/good`))).toEqual([]);
  });

  test('come with ten queries that should trigger the skill and ten that should not', () => {
    const queries = JSON.parse(readFileSync(`${EVALS}/eval_queries.json`, 'utf8')) as {
      query: string;
      should_trigger: boolean;
    }[];
    expect(queries.filter((one) => one.should_trigger)).toHaveLength(10);
    expect(queries.filter((one) => !one.should_trigger)).toHaveLength(10);
    expect(new Set(queries.map(({ query }) => query)).size).toBe(20);
  });
});
