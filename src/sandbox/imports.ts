import type { Manifest, Service } from './protocol.ts';

/** How a sample names the Prisma client that all of them share. */
export const PRISMA_CLIENT = '../prisma/client/client.ts';

// At the start of a line, as the formatter puts it. What this misses is loaded when the worker asks for it.
const STATIC = /^(?:import\s+(?!type\b)(?:[\w$*{][^'"`;]*?\bfrom\s*)?|export\s+[*{][^'"`;]*?\bfrom\s*)'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** The specifiers that a program's text imports, without those of types alone. Node's own are without `node:`. */
export function specifiersOf(source: string): string[] {
  const found = [...source.matchAll(STATIC), ...source.matchAll(DYNAMIC)].map(([, name = '']) => bare(name));
  return [...new Set(found)];
}

/** A specifier as the bundle knows it: `fs` for `node:fs`. */
export const bare = (specifier: string) => specifier.replace(/^node:/, '');

/** The name of a module in the same folder: `cache.ts` for `./cache.ts`; undefined for every other specifier. */
export const siblingOf = (specifier: string) => /^\.\/([\w.-]+\.ts)$/.exec(specifier)?.[1];

/** Every file that a run needs, modules and what they ask for, each once. */
export function filesFor(manifest: Manifest, specifiers: string[], services: Service[]): string[] {
  const wanted = [
    manifest.runtime,
    ...specifiers.flatMap((name) => manifest.modules[name] ?? []),
    ...services.flatMap((name) => manifest.services[name]),
  ];
  const files = new Set<string>();
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    if (files.has(name)) continue;
    files.add(name);
    wanted.push(...(manifest.imports[name] ?? []), ...(manifest.assets[name] ?? []));
  }
  return [...files];
}
