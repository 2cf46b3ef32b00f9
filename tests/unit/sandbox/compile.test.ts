import { expect, test } from 'vitest';
import { compiled, CompileError, stripped } from '../../../src/sandbox/worker/compile.ts';

const resolver = { url: (name: string) => (name === 'pg' ? Promise.resolve('blob:pg') : undefined) };

async function codeOf(entry: string, sources: Record<string, string>): Promise<string> {
  return (await fetch(await compiled(entry, sources, resolver))).text();
}

test('takes the types out and leaves every line where it was', () => {
  const code = stripped(
    'a.ts',
    'type A = {\n  b: string;\n};\nconst a: A = { b: "c" };\nconsole.log(a satisfies A);\n',
  );
  expect(code.split('\n')).toHaveLength(6);
  expect(code.split('\n')[3]).toContain('const a = { b: "c" };');
  expect(code).not.toContain('satisfies');
});

test('leads packages to the bundle and modules of the folder to their own URL', async () => {
  const sources = {
    'a.ts': "import pg from 'pg';\nimport { b } from './b.ts';\n",
    'b.ts': 'export const b: number = 1;\n',
  };
  const code = await codeOf('a.ts', sources);
  expect(code).toContain("from 'blob:pg'");
  expect(code).toMatch(/from 'blob:nodedata:/);
  expect(code).toContain('//# sourceURL=a.ts');
});

test('leads import() as well, and tells the program where it is', async () => {
  const code = await codeOf('a.ts', { 'a.ts': "const pg = await import('pg');\nconsole.log(import.meta.main);\n" });
  expect(code).toContain('import("blob:pg")');
  expect(code).toContain('"main":true');
});

test.each([
  ["\nimport x from 'left-pad';", /Cannot find package 'left-pad' imported from a\.ts/, 2],
  ["import fs from 'node:fs';", /Cannot find module 'node:fs'.*run this program with Node\.js/, 1],
  ["import { b } from './b.ts';", /Cannot find module '\.\/b\.ts'/, 1],
  ["import { b } from '../other/b.ts';", /Cannot find module '\.\.\/other\/b\.ts'/, 1],
  ['const a: number = ;', /SyntaxError/, 1],
  ['let a = 1;\nlet b = `;', /SyntaxError/, 2],
])('%j is refused with its line', async (source, message, line) => {
  const error = await compiled('a.ts', { 'a.ts': source }, resolver).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CompileError);
  expect((error as CompileError).message).toMatch(message);
  expect((error as CompileError).line).toBe(line);
});

test('modules that import each other are refused, not waited for', async () => {
  const sources = { 'a.ts': "import './b.ts';", 'b.ts': "import './a.ts';" };
  await expect(compiled('a.ts', sources, resolver)).rejects.toThrow(/import each other/);
});
