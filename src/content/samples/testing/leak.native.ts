import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from './commands.ts';

// #region leak
const commands = {
  hangs: ['jest', './leak.jest.test.ts'],
  asked: ['jest', '--detectOpenHandles', './leak.jest.test.ts'],
  hidden: [
    'jest',
    '--maxWorkers=2',
    './leak.jest.test.ts',
    './closed.jest.test.ts',
  ],
  silent: ['node', '--test', '--test-timeout=200', './leak.node.test.ts'],
  forced: ['node', '--test', '--test-force-exit', './leak.node.test.ts'],
};

/** These files have no types, so there is nothing to compile. */
const config = { extensionsToTreatAsEsm: ['.ts'], transform: {} };

/** The command has said all that it will say, and runs on. */
async function hangs(command: string[], last: string) {
  const running = await start(command, undefined, config);
  await running.until(last);
  const ended = await Promise.race([running.ended, sleep(1_000, 'no')]);
  assert.equal(ended, 'no');
  return running;
}
// #endregion leak

/** The command runs to its end. */
async function ends(command: string[]) {
  const running = await start(command, undefined, config);
  return { code: await running.ended, printed: running.printed };
}

const [first, asked, hidden, silent, forced] = await Promise.all([
  hangs(commands.hangs, 'Jest did not exit'),
  hangs(commands.asked, 'leak.jest.test.ts:'),
  ends(commands.hidden),
  hangs(commands.silent, 'listens after an await'),
  ends(commands.forced),
]);
first.send('SIGKILL');
asked.send('SIGKILL');
// What Ctrl+C sends: Node.js then says what it was waiting for.
silent.send('SIGINT');
await Promise.all([first.ended, asked.ended]);
const interrupted = await silent.ended;

/** Prints those lines that begin with one of `signs`. */
function print(
  command: string[],
  printed: string,
  signs: string[],
  end: string,
) {
  console.log(`$ ${command.join(' ')}`);
  for (const line of printed.split('\n')) {
    const text = line.replace(/ \([\d.]+ ?ms\)$/, '').trim();
    if (signs.some((sign) => text.startsWith(sign))) {
      console.log(`  ${text.length > 70 ? `${text.slice(0, 68)} …` : text}`);
    }
  }
  console.log(`  [${end}]`);
  for (const sign of signs)
    assert(printed.includes(sign), `${sign}\n${printed}`);
}

print(commands.hangs, first.printed, ['Tests:', 'Jest did not'], 'runs on');
print(
  commands.asked,
  asked.printed,
  ['Tests:', 'Jest has detected', '●', '>'],
  'runs on',
);
assert.equal(asked.printed.split('●').length - 1, 1);
print(
  commands.hidden,
  hidden.printed,
  ['Tests:', 'A worker process'],
  `exit code ${hidden.code}`,
);
print(
  commands.silent,
  silent.printed,
  ['✔', 'Interrupted', '⚠', 'ℹ pass', 'ℹ cancelled'],
  `after Ctrl+C: exit code ${interrupted}`,
);
print(
  commands.forced,
  forced.printed,
  ['✔', 'ℹ pass', 'ℹ cancelled'],
  `exit code ${forced.code}`,
);
assert.deepEqual([hidden.code, interrupted, forced.code], [0, 1, 0]);
