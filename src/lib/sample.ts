/** One file below `src/content/samples`, with what it printed. */
export interface Sample {
  /** `pagination/keyset.ts` */
  file: string;
  source: string;
  /** What the program printed when it was recorded. Undefined for a module that programs import. */
  output?: string | undefined;
}

/** The name of the topic that a sample belongs to, which is the name of its folder. */
export const topicOf = (file: string) => file.split('/')[0] ?? '';

/** Whether a program needs what a browser cannot give, so that only its recorded output is shown. */
export const isNative = (file: string) => file.endsWith('.native.ts');

type Source = Pick<Sample, 'file' | 'source'>;

/** Whether `user` names `file` as `'./name.ts'`: to import it, or to hand it to a process that it starts. */
const uses = (user: Source, file: string) =>
  user.file !== file &&
  topicOf(user.file) === topicOf(file) &&
  user.source.includes(`'./${file.slice(file.indexOf('/') + 1)}'`);

/** Whether another file of its folder uses this one, so that it is no program and has no record. */
export const isModule = (file: string, all: Source[]) => all.some((user) => uses(user, file));

/** The programs that a browser can run, with the modules that they use, sorted as they came. */
export function browserFilesOf<T extends Source>(all: T[]): T[] {
  const found = new Set(all.filter(({ file }) => !isNative(file) && !isModule(file, all)));
  // The set grows while it is walked, so modules of modules are found as well.
  for (const user of found) for (const one of all) if (uses(user, one.file)) found.add(one);
  return all.filter((one) => found.has(one));
}

/** Part of a file, without the indentation that its lines share. */
export interface Region {
  code: string;
  /** The number of its first line in the file, counted from 1. */
  start: number;
}

const MARKER = /^\s*\/\/ #(end)?region\b ?(.*)$/;

/**
 * The lines between `// #region name` and `// #endregion name`, or the whole file without its markers when no name is
 * given. Throws, naming the file and the regions that it has, when there is no such region or it is not closed.
 */
export function regionOf({ file, source }: Pick<Sample, 'file' | 'source'>, name?: string): Region {
  const lines = source.replace(/\n$/, '').split('\n');
  if (!name) return { code: lines.filter((line) => !MARKER.test(line)).join('\n'), start: 1 };

  const at = (kind: '' | 'end') => lines.findIndex((line) => marks(line, kind, name));
  const [open, close] = [at(''), at('end')];
  if (open === -1) {
    const there = lines.flatMap((line) => (MARKER.exec(line)?.[1] === undefined ? (MARKER.exec(line)?.[2] ?? []) : []));
    const known = there.length > 0 ? `It has ${there.join(', ')}.` : 'It has none.';
    throw new Error(
      `${file} has no region "${name}". ${known} Mark it with // #region ${name} and // #endregion ${name}.`,
    );
  }
  if (close < open) throw new Error(`${file}: the region "${name}" is not closed. Add // #endregion ${name}.`);
  const inside = lines.slice(open + 1, close);
  if (inside.some((line) => MARKER.test(line))) {
    throw new Error(`${file}: the region "${name}" contains another marker. Regions do not nest.`);
  }
  return { code: outdented(inside).join('\n'), start: open + 2 };
}

function marks(line: string, kind: '' | 'end', name: string): boolean {
  const match = MARKER.exec(line);
  return match !== null && (match[1] ?? '') === kind && match[2]?.trim() === name;
}

function outdented(lines: string[]): string[] {
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents, Infinity);
  return Number.isFinite(shared) ? lines.map((line) => line.slice(shared)) : lines;
}

/** What the recorded programs ran on, as `npm run record` wrote it down. */
export interface Versions {
  /** `24.21.0` */
  node: string;
  /** `18.4` */
  postgresql: string;
  /** With its name, since it may be one of two: `Valkey 9.1.1`. */
  redis: string;
}

/**
 * What to write beside an output: the versions that had a part in it. `packages` are the npm packages that the program
 * imports, with their versions.
 */
export function versionLabel(sample: Sample, versions: Versions, packages: Record<string, string>): string {
  const short = (version: string) => version.split('.').slice(0, 2).join('.');
  const label = [`Node.js ${short(versions.node)}`];
  if (sample.source.includes('DATABASE_URL')) label.push(`PostgreSQL ${versions.postgresql}`);
  if (sample.source.includes('REDIS_URL')) label.push(versions.redis.split('.').slice(0, 2).join('.'));
  const named = { express: 'Express', '@prisma/adapter-pg': 'Prisma', zod: 'Zod' };
  for (const [name, title] of Object.entries(named)) {
    const version = packages[name];
    if (version && sample.source.includes(`'${name}'`)) label.push(`${title} ${short(version)}`);
  }
  return label.join(', ');
}

/** Why a program is native, by what its text shows that it uses: the first that fits. */
const NEEDS: [RegExp, string][] = [
  [/'node:(child_process|cluster)'/, 'It starts processes of its own.'],
  [/'node:worker_threads'/, 'It starts threads of its own.'],
  [/\bAsyncLocalStorage\b/, 'It carries a context along with promises, which a browser cannot follow.'],
  [/'node:fs(\/promises)?'/, 'It reads and writes files.'],
  [/'next\//, 'It loads Next.js, which runs on a server.'],
  [/openapi-schema-validator'|'ajv/, 'It compiles code from a schema while it runs, which this site forbids.'],
  [/'typescript'/, 'It runs the TypeScript compiler.'],
  [/\bargon2/i, 'It hashes with Argon2, which browsers do not have.'],
  [/DATABASE_URL/, 'It needs several database connections at the same time.'],
];

/** What a `.native.ts` program needs that a browser does not give, in a sentence. */
export const needOf = ({ source }: Pick<Sample, 'source'>): string =>
  NEEDS.find(([sign]) => sign.test(source))?.[1] ?? 'It needs what only Node.js has.';

/** The command that runs a sample in a clone of the repository. */
export const commandFor = (file: string) => `npm run sample ${file.replace(/(\.native)?\.ts$/, '')}`;
