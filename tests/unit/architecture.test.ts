import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

/**
 * Which rooms of `src` each room may import from. `chapters` is the list that everything may read; packages are named where
 * a room is kept to few of them.
 */
const MAY: Record<string, { rooms: string[]; packages?: RegExp }> = {
  chapters: { rooms: [] },
  'content.config': { rooms: ['lib'] },
  'route-data': { rooms: ['catalog', 'chapters', 'lib'] },
  lib: { rooms: ['lib', 'chapters'], packages: /^(zod|unified|remark-\w+|parse5|fflate|leven|nanotar|shiki(\/.*)?)$/ },
  catalog: { rooms: ['catalog', 'lib', 'chapters', 'content'] },
  // Its own folder and its engines: it could move to another origin unnoticed.
  sandbox: { rooms: ['sandbox'], packages: /^(?!astro|@astrojs)/ },
  components: { rooms: ['components', 'catalog', 'lib', 'chapters', 'sandbox/client'] },
  // The build reads programs' imports as the sandbox does, and writes the table of contents that it reads.
  integrations: { rooms: ['integrations', 'lib', 'sandbox/imports', 'sandbox/protocol'] },
  pages: { rooms: ['components', 'catalog', 'lib', 'chapters'] },
  'content/docs': {
    rooms: ['components/Sample', 'components/Plot', 'components/Timeline', 'components/Figure'],
    packages: /^$/,
  },
  'content/samples': { rooms: [], packages: /^(?!astro|@astrojs)/ },
  'content/projects': { rooms: [], packages: /^(?!astro|@astrojs)/ },
  // Its tasks begin with code of an application; #prisma is the generated client.
  'content/skill': { rooms: [], packages: /^(?!astro|@astrojs)/ },
};

/** Everything that a source file imports, with what only its types are needed for. */
function importsOf(file: string): string[] {
  const text = readFileSync(join('src', file), 'utf8');
  // Between the fences of an .astro file lies TypeScript, and in its script elements; an .mdx file imports at line starts.
  const code = file.endsWith('.astro')
    ? [
        /^---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? '',
        ...[...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((script) => script[1]),
      ].join('\n')
    : file.endsWith('.mdx')
      ? text
          .split('\n')
          .filter((line) => line.startsWith('import '))
          .join('\n')
      : text;
  const { importedFiles } = ts.preProcessFile(code, true, true);
  const globs = [...code.matchAll(/import\.meta\.glob(?:<\w+>)?\('([^']+)'/g)].map(([, pattern]) => pattern ?? '');
  return [...importedFiles.map(({ fileName }) => fileName), ...globs];
}

/** The path below `src` that an import leads to; undefined for a package. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('~/')) return specifier.slice(2);
  if (!specifier.startsWith('.')) return undefined;
  return relative('src', join('src', dirname(file), specifier));
}

const roomOf = (path: string) =>
  /^content\/(docs|samples|projects|skill)/.exec(path)?.[0] ?? path.split('/')[0]?.replace(/\.ts$/, '') ?? path;

const files = globSync('**/*.{ts,astro,mdx}', { cwd: 'src' })
  .filter((file) => !file.startsWith('content/samples/prisma/client'))
  .sort();

test('every room of src is known', () => {
  expect([...new Set(files.map(roomOf))].filter((room) => !MAY[room])).toEqual([]);
});

test.each(Object.keys(MAY).filter((room) => files.some((file) => roomOf(file) === room)))(
  '%s imports only what it may',
  (room) => {
    const wrong = files
      .filter((file) => roomOf(file) === room)
      .flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
      .filter(({ file, specifier }) => !allowed(room, file, specifier));
    expect(wrong).toEqual([]);
  },
);

function allowed(room: string, file: string, specifier: string): boolean {
  const { rooms, packages } = MAY[room] ?? { rooms: [] };
  const target = targetOf(file, specifier);
  if (target === undefined) return packages?.test(specifier) ?? true;
  if (room === 'content/samples' || room === 'content/projects') {
    // A module of its own folder, or the generated Prisma client, which a project has beside it.
    return dirname(target) === dirname(file) || target === `${room}/prisma/client/client.ts`;
  }
  if (target.startsWith('..')) return room === 'catalog' || room === 'pages'; // package.json, LICENSE
  return rooms.some((other) => target === other || target.startsWith(`${other}/`) || target.startsWith(`${other}.`));
}

test('nothing but catalog knows where content lies', () => {
  const outside = files.filter((file) => !/^(catalog|content)/.test(file) && file !== 'content.config.ts');
  const wrong = outside.flatMap((file) =>
    importsOf(file).filter((specifier) => (targetOf(file, specifier) ?? '').startsWith('content/')),
  );
  expect(wrong).toEqual([]);
});

test('an import that breaks the rules is noticed', () => {
  expect(allowed('lib', 'lib/rule.ts', '../catalog/topics.ts')).toBe(false);
  expect(allowed('lib', 'lib/rule.ts', 'node:fs')).toBe(false);
  expect(allowed('components', 'components/sample-run.ts', '../sandbox/files.ts')).toBe(false);
  expect(allowed('sandbox', 'sandbox/client.ts', '../lib/rule.ts')).toBe(false);
  expect(allowed('components', 'components/Sample.astro', '../pages/llms.txt.ts')).toBe(false);
  expect(allowed('content/samples', 'content/samples/pagination/keyset.ts', '../passwords/phc.ts')).toBe(false);
  expect(allowed('content/docs', 'content/docs/api/pagination.mdx', '~/components/Checklist.astro')).toBe(false);
});
