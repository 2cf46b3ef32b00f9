import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { failureBecause, resultOfCheck, resultOfPlaywright, resultOfVitest } from './report.mjs';
import { runNpm } from './run.mjs';
import { CACHE } from './stamp.mjs';

/**
 * A part of `npm test` that can be asked for by name.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} about what it does, for its heading
 * @property {boolean} [needsBuild]
 * @property {(root: string) => Promise<import('./report.mjs').Result>} run
 */

const script = (root, name, ...args) => runNpm(root, ['run', '--silent', name, '--', ...args]);

/** @type {Step[]} */
export const STEPS = [
  { name: 'types', about: 'astro check and tsc', run: check('check:types') },
  { name: 'lint', about: 'ESLint', run: check('check:lint') },
  { name: 'format', about: 'Prettier', run: check('check:format') },
  { name: 'unit', about: 'the pure parts', run: vitest('unit') },
  { name: 'build', about: 'the site, as it is published', run: build },
  { name: 'samples', about: 'every program on PostgreSQL and Redis', run: vitest('samples', 'verbose') },
  { name: 'evals', about: 'a good and a bad solution of each task of the skill', run: vitest('evals') },
  { name: 'output', about: 'what the build wrote', needsBuild: true, run: vitest('output') },
  { name: 'browser', about: 'what a reader does', needsBuild: true, run: browser },
];

/**
 * The steps that `names` ask for, in order, with the build if one of them needs it; all of them for no name. Throws for
 * a name that no step has.
 */
export function stepsFor(names) {
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown) throw new Error(`There is no step ${unknown}. There are: ${STEPS.map((step) => step.name).join(', ')}.`);
  const asked = STEPS.filter((step) => names.length === 0 || names.includes(step.name));
  return STEPS.filter((step) => asked.includes(step) || (step.run === build && asked.some((one) => one.needsBuild)));
}

function check(name) {
  return async (root) => resultOfCheck(await script(root, name));
}

async function build(root) {
  return resultOfCheck((await ensureBuilt(root)) ? 0 : 1);
}

/** `verbose` prints a line as each test ends: progress, for tests that take seconds each. */
function vitest(project, reporter = 'default') {
  return async (root) => {
    const report = freshReport(root, project);
    const options = [`--reporter=${reporter}`, '--reporter=json', `--outputFile=${report}`];
    const code = await script(root, `test:${project}`, ...options);
    return resultOfVitest(read(report), code);
  };
}

async function browser(root) {
  const report = freshReport(root, 'browser');
  const code = await script(root, 'test:browser');
  return resultOfPlaywright(read(report), code);
}

/** Where a step writes its report. That of an earlier run must not be taken for it. */
function freshReport(root, name) {
  const path = join(root, CACHE, `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  return path;
}

const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);

/** Runs a step, or says why it cannot be run. Never rejects. */
export async function resultOfStep(step, root, buildFailed) {
  if (step.needsBuild && buildFailed) return failureBecause('not run, because there is no build');
  return step.run(root).catch((error) => failureBecause(error.message));
}
