import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

// #region faults
/** Programs with one fault each. */
const faults: Record<string, string> = {
  'maybe absent': `
    const first: string = ['ana'].find((name) => name === 'ben');
    console.log(first.length);`,

  'thrown text': `
    try { throw 'down'; }
    catch (error) { console.log(error.message.length); }`,

  'unknown key': `
    const stock: Record<string, number> = { pen: 3 };
    console.log(stock['ink'].toFixed());`,

  'set to nothing': `
    const patch: { name?: string } = { name: undefined };
    if ('name' in patch) throw new Error('sets name to nothing');`,

  enum: `
    enum Status { Paid = 'PAID' }
    console.log(Status.Paid);`,

  'imported type': `
    import { Order } from './order.ts';
    console.log({ id: 1 } satisfies Order);`,

  'trusted body': `
    const body = JSON.parse('{}') as { to: string };
    console.log(body.to.length);`,
};

const flags: Record<string, ts.CompilerOptions> = {
  strict: { strict: true },
  noUncheckedIndexedAccess: { noUncheckedIndexedAccess: true },
  exactOptionalPropertyTypes: { exactOptionalPropertyTypes: true },
  erasableSyntaxOnly: { erasableSyntaxOnly: true },
  verbatimModuleSyntax: { verbatimModuleSyntax: true },
};
// #endregion faults

/** Found by them all, and so of no interest here. */
const DECLARED = `
  declare const console: { log(value: unknown): void };
  export {};`;

const folder = await realpath(await mkdtemp(join(tmpdir(), 'faults-')));
const names = Object.keys(faults);
const fileOf = (name: string) =>
  join(folder, `${name.replaceAll(' ', '-')}.ts`);
await writeFile(
  join(folder, 'order.ts'),
  'export interface Order { id: number }',
);
await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
for (const [name, code] of Object.entries(faults)) {
  await writeFile(fileOf(name), code + DECLARED);
}

/** How the program ends: the error that Node reports. */
async function endOf(name: string): Promise<string> {
  const child = spawn(process.execPath, [fileOf(name)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  const [, code] = /\[(ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX)\]/.exec(stderr) ?? [];
  const [, error] = /^(\w*Error)\b/m.exec(stderr) ?? [];
  return code ? 'not run' : (error ?? 'no error');
}

const parsed = new Map<string, ts.SourceFile | undefined>();

/** The codes of what the compiler reports in each program. */
function reportsWith(options: ts.CompilerOptions): Map<string, number[]> {
  const all: ts.CompilerOptions = {
    strict: false,
    noEmit: true,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    lib: ['lib.es2024.d.ts'],
    types: [],
    ...options,
  };
  const host = ts.createCompilerHost(all);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) => {
    // The library is the same for all, and takes longest to read.
    if (path.startsWith(folder)) return read(path, ...rest);
    if (!parsed.has(path)) parsed.set(path, read(path, ...rest));
    return parsed.get(path);
  };
  const program = ts.createProgram(names.map(fileOf), all, host);
  assert.deepEqual(program.getOptionsDiagnostics(), []);
  return new Map(
    names.map((name) => {
      const file = program.getSourceFile(fileOf(name));
      const found = [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ];
      return [name, found.map(({ code }) => code)];
    }),
  );
}

const ends = await Promise.all(names.map(endOf));
const quiet = reportsWith({});
const found = new Map(names.map((name) => [name, [] as string[]]));
for (const [flag, options] of Object.entries(flags)) {
  // The others mean something only where null is checked at all.
  for (const [name, codes] of reportsWith({ strict: true, ...options })) {
    const isKnown = flag !== 'strict' && found.get(name)?.includes('strict');
    if (codes.length > 0 && !isKnown)
      found.get(name)?.push(flag, `TS${codes.join()}`);
  }
}

const expected: Record<string, [end: string, ...found: string[]]> = {
  'maybe absent': ['TypeError', 'strict', 'TS2322'],
  'thrown text': ['TypeError', 'strict', 'TS18046'],
  'unknown key': ['TypeError', 'noUncheckedIndexedAccess', 'TS2532'],
  'set to nothing': ['Error', 'exactOptionalPropertyTypes', 'TS2375'],
  enum: ['not run', 'erasableSyntaxOnly', 'TS1294'],
  'imported type': ['SyntaxError', 'verbatimModuleSyntax', 'TS1484'],
  'trusted body': ['TypeError'],
};
console.log('fault           run by Node  found by');
for (const [at, name] of names.entries()) {
  const end = ends[at] ?? '';
  const by = found.get(name) ?? [];
  console.log(
    name.padEnd(15),
    end.padEnd(12),
    by.length > 0 ? by.join(', ') : 'none of the five',
  );
  assert.deepEqual(quiet.get(name), [], `${name} without any flag`);
  assert.deepEqual([end, ...by], expected[name]);
}
await rm(folder, { recursive: true });
