import { parse } from 'es-module-lexer/js';
import { transform } from 'sucrase';
import { bare, siblingOf } from '../imports.ts';

/** A program that cannot be started, with the line that is to blame where one is known. */
export class CompileError extends Error {
  readonly file: string;
  readonly line: number | undefined;
  constructor(message: string, file: string, line?: number) {
    super(message);
    this.file = file;
    this.line = line;
  }
}

/** Where a specifier leads: to a module of the program's folder, or to a URL. */
export interface Resolver {
  /** The URL of a package or built-in, or undefined if the bundle has none. */
  url(specifier: string): Promise<string> | undefined;
}

/** TypeScript as JavaScript, line for line. Throws a CompileError. */
export function stripped(file: string, source: string): string {
  try {
    return transform(source, {
      transforms: ['typescript'],
      disableESTransforms: true,
      keepUnusedImports: true,
      preserveDynamicImport: true,
    }).code;
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number } };
    const line = loc?.line ?? Number(/\((\d+):\d+\)$/.exec(message)?.[1] ?? NaN);
    const what = message.replace(/^Error transforming .*?: /, '').replace(/ \(\d+:\d+\)$/, '');
    throw new CompileError(`SyntaxError: ${what}`, file, Number.isNaN(line) ? undefined : line);
  }
}

const lineAt = (source: string, at: number) => source.slice(0, at).split('\n').length;

/**
 * The URL of a module made from `entry`, whose imports lead where Node.js would lead them: packages to those of the bundle,
 * `./cache.ts` to the module of that name in `sources`. Throws a CompileError for an import that leads nowhere, and for
 * modules that import each other, which blob URLs cannot.
 */
export function compiled(entry: string, sources: Record<string, string>, resolver: Resolver): Promise<string> {
  const done = new Map<string, Promise<string>>();

  function urlOf(file: string, path: string[]): Promise<string> {
    let url = done.get(file);
    if (!url) {
      url = linked(file, [...path, file]);
      done.set(file, url);
    }
    return url;
  }

  async function linked(file: string, path: string[]): Promise<string> {
    const code = stripped(file, sources[file] ?? '');
    const parts: string[] = [];
    let end = 0;
    for (const found of importsOf(file, code)) {
      parts.push(code.slice(end, found.start), await replacement(found, file, lineAt(code, found.start), path));
      end = found.end;
    }
    const text = `${parts.join('')}${code.slice(end)}\n//# sourceURL=${file}`;
    return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  }

  async function replacement(found: Found, file: string, line: number, path: string[]): Promise<string> {
    if (found.specifier === undefined) {
      const meta = { url: `file:///${file}`, filename: `/${file}`, dirname: '/', main: file === entry };
      return `(${JSON.stringify(meta)})`;
    }
    const sibling = siblingOf(found.specifier);
    if (sibling !== undefined && path.includes(sibling)) {
      throw new CompileError(`${file} and ${sibling} import each other, which cannot be run in a browser.`, file, line);
    }
    const url =
      sibling !== undefined && sources[sibling] !== undefined
        ? await urlOf(sibling, path)
        : await resolver.url(bare(found.specifier));
    // What import() asks for in vain is for the program to catch.
    if (url === undefined && found.quoted) return JSON.stringify(found.specifier);
    if (url === undefined) throw notFound(found.specifier, file, line);
    return found.quoted ? JSON.stringify(url) : url;
  }

  return urlOf(entry, []);
}

function notFound(specifier: string, file: string, line: number): CompileError {
  const [kind, hint] = specifier.startsWith('.')
    ? ['module', '']
    : specifier.startsWith('node:')
      ? ['module', ' A browser has no such module: run this program with Node.js.']
      : ['package', ' The sandbox has the packages that programs of this handbook import, and no others.'];
  const what = `Cannot find ${kind} '${specifier}' imported from ${file}.${hint}`;
  return new CompileError(`Error [ERR_MODULE_NOT_FOUND]: ${what}`, file, line);
}

interface Found {
  /** Undefined for `import.meta`. */
  specifier: string | undefined;
  start: number;
  end: number;
  /** Whether the quotes belong to what is replaced, as they do in `import('x')`. */
  quoted: boolean;
}

function importsOf(file: string, code: string): Found[] {
  try {
    const [imports] = parse(code);
    return imports.flatMap((one): Found[] => {
      if (one.type === 'import-meta') return [{ specifier: undefined, start: one.start, end: one.end, quoted: false }];
      if (one.specifier === undefined || one.specifier === null) return [];
      return [{ specifier: one.specifier, start: one.start, end: one.end, quoted: one.type === 'dynamic' }];
    });
  } catch (error) {
    const { message, idx } = error as Error & { idx?: number };
    throw new CompileError(`SyntaxError: ${message}`, file, idx === undefined ? undefined : lineAt(code, idx));
  }
}
