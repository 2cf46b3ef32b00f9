import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { browserFilesOf } from '../../lib/sample.ts';
import { PRISMA_CLIENT, siblingOf, specifiersOf } from '../../sandbox/imports.ts';

const SAMPLES = 'src/content/samples';

/** What the programs that a browser can run import, sorted: packages, Node's built-ins, the Prisma client. */
export function importedSpecifiers(root: string): string[] {
  const folder = join(root, SAMPLES);
  const files = globSync('*/*.ts', { cwd: folder, exclude: (path) => path === 'prisma' });
  const all = files.map((file) => ({ file, source: readFileSync(join(folder, file), 'utf8') }));
  const imported = browserFilesOf(all)
    .flatMap(({ source }) => specifiersOf(source))
    .filter((name) => !siblingOf(name));
  return [...new Set(imported)].sort();
}

const isBuiltin = (specifier: string) => builtinModules.includes(specifier);

/**
 * The text of the module that stands for a specifier. Its exports are those that Node.js finds, so that a program imports
 * here what it can import there, from packages of either kind.
 */
export async function entryFor(specifier: string, prismaClient: string): Promise<string> {
  if (specifier === PRISMA_CLIENT) return `export * from ${JSON.stringify(prismaClient)};\n`;
  const target = isBuiltin(specifier) ? `node:${specifier}` : specifier;
  if (specifier === 'pg') {
    // Its native half is no more than a getter, which would be called.
    return wrapper(
      target,
      [
        'Client',
        'Pool',
        'Connection',
        'Query',
        'DatabaseError',
        'TypeOverrides',
        'defaults',
        'types',
        'escapeIdentifier',
        'escapeLiteral',
        'Result',
      ],
      true,
    );
  }
  const names = Object.keys((await import(target)) as object);
  return wrapper(
    target,
    names.filter((name) => name !== 'default' && name !== 'module.exports'),
    names.includes('default'),
  );
}

function wrapper(target: string, names: string[], hasDefault: boolean): string {
  const lines = [
    `import * as all from ${JSON.stringify(target)};`,
    'const own = "default" in all ? all.default : all;',
  ];
  if (hasDefault) lines.push('export default own;');
  names.forEach((name, at) => {
    lines.push(
      `const $${at} = ${JSON.stringify(name)} in all ? all[${JSON.stringify(name)}] : own?.[${JSON.stringify(name)}];`,
    );
    lines.push(`export { $${at} as ${/^[\w$]+$/.test(name) ? name : JSON.stringify(name)} };`);
  });
  return `${lines.join('\n')}\n`;
}
