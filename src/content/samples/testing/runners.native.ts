import assert from 'node:assert/strict';
import {
  copyFile,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './commands.ts';

// To which both test files connect.
assert(process.env.DATABASE_URL);

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Lines of the runner's own, without times and Node's warnings. */
async function linesOf(command: string[], folder?: string) {
  const running = await start(command, folder);
  const code = await running.ended;
  const lines = running.printed.split('\n').map((line) => line.trim());
  const kept = lines
    .filter((line) => /^([✓✔✖✕]|Tests:|ℹ (pass|fail))/.test(line))
    .map((line) => line.replace(/ \([\d.]+ ?ms\)$/, ''));
  return { code, lines: kept, printed: running.printed };
}

// #region runners
const jest = await linesOf(['jest', '--verbose', './desks.jest.test.ts']);
const node = await linesOf(['node', '--test', './desks.node.test.ts']);

interface Mistake {
  name: string;
  file: './desks.ts' | './office.ts';
  instead: [line: string, other: string];
}
const mistakes: Mistake[] = [
  {
    name: 'no unique constraint',
    file: './office.ts',
    instead: ['UNIQUE (desk, day)', 'CHECK (day IS NOT NULL)'],
  },
  {
    name: 'anybody may read a booking',
    file: './desks.ts',
    instead: ['AND owner = $2', `AND $2 <> ''`],
  },
  {
    name: 'without an answer the door opens',
    file: './desks.ts',
    instead: ['(cause: unknown) => {', '() => { return { status: 204 };'],
  },
  {
    name: 'a fault is not logged',
    file: './desks.ts',
    instead: ['log(error);', ''],
  },
];

/** Which tests notice, in a copy of this folder. */
async function noticed({ file, instead }: Mistake) {
  const folder = await copyOfThisFolder();
  const source = await readFile(join(folder, file), 'utf8');
  assert(source.includes(instead[0]));
  await writeFile(join(folder, file), source.replace(...instead));
  const { lines } = await linesOf(
    ['node', '--test', './desks.node.test.ts'],
    folder,
  );
  await rm(folder, { recursive: true });
  return lines.filter((line) => /^✖ (get|post)/.test(line));
}
// #endregion runners

async function copyOfThisFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'testing-'));
  const pg = dirname(fileURLToPath(import.meta.resolve('pg/package.json')));
  await symlink(dirname(pg), join(folder, 'node_modules'), 'junction');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const names = ['./desks.ts', './office.ts', './cases.ts'];
  for (const name of [...names, './desks.node.test.ts']) {
    await copyFile(pathOf(name), join(folder, name));
  }
  return folder;
}

console.log('$ jest --verbose ./desks.jest.test.ts');
for (const line of jest.lines) console.log(`  ${line}`);
const nodeTests = node.lines.filter((line) => line.startsWith('✔'));
console.log('$ node --test ./desks.node.test.ts');
console.log(`  ✔ the same ${nodeTests.length}`);
for (const line of node.lines.slice(nodeTests.length)) console.log(`  ${line}`);
assert.deepEqual([jest.code, node.code], [0, 0], jest.printed + node.printed);
assert.deepEqual(
  nodeTests.map((line) => line.slice(2)),
  jest.lines.slice(0, -1).map((line) => line.slice(2)),
);

console.log();
for (const mistake of mistakes) {
  // Each is listed twice: where it failed, and at the end.
  const failures = new Set(await noticed(mistake));
  console.log(mistake.name);
  for (const failure of failures) console.log(`  ${failure}`);
  assert(failures.size > 0);
  // Nothing of this is seen where all goes well.
  assert(![...failures].some((failure) => failure.includes('success')));
}
