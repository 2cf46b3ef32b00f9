import { expect, test } from 'vitest';
import { OUTPUT_LIMIT, type Stream } from '../../../src/sandbox/protocol.ts';
import { outputTo } from '../../../src/sandbox/worker/output.ts';

function recorder() {
  const sent: [Stream, string][][] = [];
  const output = outputTo(
    (chunks) => sent.push(chunks),
    () => 0,
  );
  return {
    ...output,
    sent,
    text: () =>
      sent
        .flat()
        .map(([, text]) => text)
        .join(''),
  };
}

test('sends the first lines at once: a program that never yields again has shown them', () => {
  const { write, sent } = recorder();
  write('stdout', 'one\n');
  write('stderr', 'two\n');
  expect(sent).toEqual([[['stdout', 'one\n']], [['stderr', 'two\n']]]);
});

test('gathers lines once there are many, and loses none', async () => {
  const { write, sent, text } = recorder();
  for (let line = 0; line < 500; line++) write('stdout', `${line}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(text().split('\n')).toHaveLength(501);
  expect(sent.length).toBeLessThan(300);
});

test('cuts after the last line that is allowed, and says so once', () => {
  const { write, flush, text } = recorder();
  for (let line = 0; line < 5_000; line++) write('stdout', `${line}\n`);
  flush();
  expect(text()).toContain(`${OUTPUT_LIMIT.lines - 1}\n`);
  expect(text()).not.toContain(`${OUTPUT_LIMIT.lines}\n`);
  expect(text().match(/The output is cut here/g)).toHaveLength(1);
});

test('cuts one endless line', () => {
  const { write, text } = recorder();
  write('stdout', 'x'.repeat(10_000_000));
  write('stdout', 'more\n');
  expect(text().length).toBeLessThan(OUTPUT_LIMIT.characters + 200);
  expect(text()).not.toContain('more');
});
