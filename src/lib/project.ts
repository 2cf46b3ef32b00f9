import type { Files } from './archive.ts';

/** What a project to download is put together from: texts, by their path. */
export interface ProjectParts {
  /** `one-request`: the folder that an archive unpacks to. */
  name: string;
  /** Its own files, which no page shows: `main.ts`, `api.test.ts`, `README.md`. */
  own: Record<string, string>;
  /** The programs and modules of its topic: `api.ts`. Those that its own files lead to become part of it. */
  samples: Record<string, string>;
  /** The shared schema, its migrations and the generated client, by their path below `prisma/`. */
  prisma: Record<string, string>;
  /** Prisma's configuration, as it stands in this repository. */
  config: string;
  /** The versions of all packages. */
  packages: Record<string, string>;
}

/** The oldest Node.js that runs TypeScript without being asked to. */
const NODE = '>=22.18';

/** What checks types, which Node.js does not; nothing here is needed to run. */
const CHECKERS = ['@types/express', '@types/node', 'typescript'];

const TSCONFIG = {
  include: ['src', 'prisma/client'],
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
};
const jsonOf = (value: object) => JSON.stringify(value, null, 2) + '\n';

/**
 * The files of a project, below a folder with its name. Throws when a module that it imports is missing, or a package that
 * it needs has no version.
 */
export function projectFiles({ name, own, samples, prisma, config, packages }: ProjectParts): Files {
  const code = withModules(own, samples);
  const files: Record<string, string> = {
    'package.json': manifestOf(name, [...Object.values(code), ...Object.values(prisma)], packages, testsIn(code)),
    'tsconfig.json': jsonOf(TSCONFIG),
    'prisma.config.ts': config.replaceAll('src/content/samples/', ''),
    [`prisma/migrations/${nextOf(prisma)}_rules/migration.sql`]: sqlIn(samples['rules.ts'] ?? ''),
    '.gitignore': 'node_modules/\n.env\n',
  };
  for (const [path, text] of Object.entries(prisma)) files[`prisma/${path}`] = text;
  for (const [path, text] of Object.entries(code)) files[path.endsWith('.ts') ? `src/${path}` : path] = text;
  files['README.md'] = (own['README.md'] ?? '').replace('PRISMA', packages['prisma'] ?? '');
  const bytes = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [`${name}/${path}`, bytes.encode(text)]));
}

/** The project's own files with the modules that they import, and those that these import. */
function withModules(own: Record<string, string>, samples: Record<string, string>): Record<string, string> {
  const found = { ...own };
  const open = Object.values(own);
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const [, file = ''] of text.matchAll(/from '\.\/([\w.-]+\.ts)'/g)) {
      if (found[file] !== undefined) continue;
      const module = samples[file];
      if (module === undefined) throw new Error(`The project imports ./${file}, which its topic does not have.`);
      found[file] = module;
      open.push(module);
    }
  }
  return found;
}

const testsIn = (code: Record<string, string>) => Object.keys(code).filter((path) => path.endsWith('.test.ts'));

function manifestOf(name: string, texts: string[], packages: Record<string, string>, tests: string[]): string {
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/(?:from|import\() ?['"]((?:@[\w-]+\/)?[\w-]+)(?:\/[\w./-]+)?['"]/g)].map(
      ([, found = '']) => found,
    ),
  );
  const versioned = (names: string[]) =>
    Object.fromEntries(
      [...new Set(names)].sort().map((dependency) => {
        const version = packages[dependency];
        if (!version) throw new Error(`The project needs ${dependency}, which package.json does not name.`);
        return [dependency, version];
      }),
    );
  const scripts = {
    start: 'node src/main.ts',
    test: `node --test ${tests.map((path) => `src/${path}`).join(' ')}`,
    check: 'tsc',
  };
  const manifest = { name, private: true, type: 'module', engines: { node: NODE }, scripts };
  return jsonOf({ ...manifest, dependencies: versioned(imported), devDependencies: versioned(CHECKERS) });
}

/** The number of a migration that comes after all of these: `20261122000001`. */
function nextOf(prisma: Record<string, string>): string {
  const numbers = Object.keys(prisma).map((path) => Number(/^migrations\/(\d{14})_/.exec(path)?.[1] ?? 0));
  return String(Math.max(...numbers) + 1);
}

/** The SQL that a module holds as text between backticks. Throws if there is none. */
export function sqlIn(source: string): string {
  const sql = /`\n([^`]*)`/.exec(source)?.[1];
  if (!sql) throw new Error('rules.ts holds no SQL between backticks.');
  return sql;
}
