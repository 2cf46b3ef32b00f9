/**
 * `npm test`: installs what is missing, then checks and tests everything; `npm test -- unit samples` only that. It goes on
 * after a failure, and ends with one line: `12 passed, 0 failed`.
 */
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './lib/install.mjs';
import { complaintAbout } from './lib/pinned-node.mjs';
import { failureBecause, inWords, sumOf } from './lib/report.mjs';
import { runNpm } from './lib/run.mjs';
import { resultOfStep, stepsFor } from './lib/steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What every step stands on: without it none is tried. */
async function prepare() {
  const complaint = complaintAbout(process.versions.node);
  if (complaint) throw new Error(complaint);
  console.log('--- install: the packages in the lock file');
  await ensureInstalled(root);
  if ((await runNpm(root, ['run', '--silent', 'generate'])) !== 0) {
    throw new Error('The Prisma client could not be generated; the message above says why.');
  }
}

/** Runs the steps one after the other: their programs would share two cores, and their output would mix. */
async function runAll(steps) {
  const results = new Map();
  for (const step of steps) {
    console.log(`\n--- ${step.name}: ${step.about}`);
    const started = Date.now();
    const result = await resultOfStep(step, root, results.get('build')?.failed > 0);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    for (const note of result.notes) console.log(note);
    console.log(`${step.name}: ${inWords(result)} in ${seconds} s`);
    results.set(step.name, { ...result, seconds });
  }
  return results;
}

function summarise(results) {
  console.log('\n--- summary');
  for (const [name, result] of results) {
    console.log(`${name.padEnd(8)} ${result.seconds.padStart(6)} s  ${inWords(result)}`);
    for (const note of result.notes) console.log(`                   ${note}`);
  }
}

async function test() {
  const steps = stepsFor(process.argv.slice(2));
  await prepare();
  const results = await runAll(steps);
  summarise(results);
  return sumOf([...results.values()]);
}

const total = await test().catch((error) => {
  console.error(`\n${error.message}`);
  return failureBecause(error.message);
});
console.log(`\n${inWords(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
