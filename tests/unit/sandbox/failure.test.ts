import { expect, test } from 'vitest';
import { CompileError } from '../../../src/sandbox/worker/compile.ts';
import { failureOf } from '../../../src/sandbox/worker/failure.ts';

const program = { entry: 'a.ts', sources: { 'a.ts': 'one\ntwo\nthree\n', 'b.ts': 'uno\ndos\n' } };

function failed(stack: string): Error {
  return Object.assign(new TypeError('bad'), { stack });
}

test('shows the line that is to blame, and no frame of the bundle', () => {
  const stack = 'TypeError: bad\n    at f (https://x/_sandbox/chunk-A.js:9:1)\n    at g (a.ts:2:5)\n    at a.ts:3:1';
  const { text, line } = failureOf(failed(stack), program);
  expect(line).toBe(2);
  expect(text).toContain('a.ts:2\ntwo\n');
  expect(text).toContain('TypeError: bad\n    at g (a.ts:2:5)');
  expect(text).not.toContain('_sandbox');
});

test('reads the stacks of Firefox, which do not say what happened', () => {
  const { text, line } = failureOf(failed('f@https://x/_sandbox/chunk-A.js:9:1\ng@a.ts:2:5\n@a.ts:3:1\n'), program);
  expect(line).toBe(2);
  expect(text).toContain('TypeError: bad');
  expect(text).not.toContain('_sandbox');
});

test('blames a module with its own line, and the line of the program that led there', () => {
  const { text, line } = failureOf(failed('TypeError: bad\n    at b.ts:1:1\n    at a.ts:3:1'), program);
  expect(text).toContain('b.ts:1\nuno\n');
  expect(line).toBe(3);
});

test('shows a cause, and what is no error', () => {
  const error = new Error('outer', { cause: new Error('inner') });
  expect(failureOf(error, program).text).toMatch(/outer[^]*\[cause\][^]*inner/);
  expect(failureOf('text', program)).toEqual({ text: "Uncaught 'text'\n" });
});

test('a program that cannot be compiled has its line too', () => {
  expect(failureOf(new CompileError('SyntaxError: x', 'a.ts', 3), program)).toEqual({
    text: 'a.ts:3\nthree\n\nSyntaxError: x\n',
    line: 3,
  });
});
