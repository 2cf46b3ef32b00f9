/**
 * What a step came to: tests or checks that passed and failed, and in words why, where the step's own output does not
 * say it.
 * @typedef {{ passed: number, failed: number, notes: string[] }} Result
 */

/** What the name of a test says that may be skipped: it needs a server which npm cannot bring. */
const ABSENT = 'needs what this machine has not';

/** The result of a check that has an exit code and no report. @returns {Result} */
export function resultOfCheck(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, notes: [] };
}

/** The result of something that could not be tried. @returns {Result} */
export function failureBecause(note) {
  return { passed: 0, failed: 1, notes: [note] };
}

/**
 * The result of a run of Vitest from its JSON report. A skipped test is a failed one, unless it says that it needs what
 * this machine has not: that is named, and no failure.
 * @param {any} report nothing if none was written
 * @param {number} code the exit code
 * @returns {Result}
 */
export function resultOfVitest(report, code) {
  if (!report) return crashed(code);
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed');
  const failed = tests.filter((test) => test.status === 'failed');
  const absent = tests.filter((test) => test.status === 'skipped' && test.fullName.includes(ABSENT));
  const skipped = tests.filter((test) => ![...passed, ...failed, ...absent].includes(test));
  // A file that could not be loaded has failed without a failed test.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return checked(code, {
    passed: passed.length,
    failed: failed.length + skipped.length + broken.length,
    notes: [
      ...absent.map((test) => `not run: ${test.fullName}`),
      ...skipped.map((test) => `skipped, which counts as failed: ${test.fullName}`),
      ...broken.map((file) => `could not be run: ${file.name}`),
    ],
  });
}

/**
 * The result of a run of Playwright from its JSON report. Skipped tests are failed ones; one that passed when it was tried
 * again is named.
 * @param {any} report nothing if none was written
 * @param {number} code the exit code
 * @returns {Result}
 */
export function resultOfPlaywright(report, code) {
  if (!report) return crashed(code);
  const { expected, unexpected, flaky, skipped } = report.stats;
  const specs = report.suites.flatMap(specsOf);
  const titles = (status) => specs.filter((spec) => spec.tests.some((test) => test.status === status));
  return checked(code, {
    passed: expected + flaky,
    failed: unexpected + skipped + report.errors.length,
    notes: [
      ...titles('skipped').map((spec) => `skipped, which counts as failed: ${spec.title}`),
      ...titles('flaky').map((spec) => `passed only when tried again: ${spec.title}`),
    ],
  });
}

function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

function crashed(code) {
  return failureBecause(`ended with exit code ${code} and no report; its output is above`);
}

/** A run of no tests, or one that fails beside its tests (an error that nobody caught), has failed as well. */
function checked(code, result) {
  if (result.failed > 0) return result;
  if (result.passed === 0 && code !== 0) return failureBecause('ended before its first test; its output is above');
  if (result.passed === 0) return failureBecause('found no tests');
  if (code === 0) return result;
  return { ...result, failed: 1, notes: [`ended with exit code ${code} although its tests passed`] };
}

/** The sum of results. @param {Result[]} results @returns {Result} */
export function sumOf(results) {
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    notes: results.flatMap(({ notes }) => notes),
  };
}

/** A result in the form that a run ends with: `12 passed, 0 failed`. */
export const inWords = ({ passed, failed }) => `${passed} passed, ${failed} failed`;
