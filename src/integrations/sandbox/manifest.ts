import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Manifest, Service } from '../../sandbox/protocol.ts';

/** What a bundle's table of contents is made from. */
export interface Contents {
  meta: Metafile;
  /** The folder that the bundle was written to. */
  output: string;
  /** The entry point that each specifier has. */
  entries: Map<string, string>;
  runtime: string;
  /** The files besides its module that each service needs. */
  services: Record<Service, readonly string[]>;
}

/** The table of contents of a bundle. Files that have no hash in their names get one. */
export async function manifestOf({ meta, output, entries, runtime, services }: Contents): Promise<Manifest> {
  const modules = Object.entries(meta.outputs).filter(([path]) => path.endsWith('.js'));
  const fileOf = new Map(modules.map(([path]) => [basename(path).replace(/-[A-Z0-9]{8}\.js$/, ''), basename(path)]));
  const named = (name: string) => {
    const file = fileOf.get(name);
    if (!file) throw new Error(`The bundle has no module ${name}.`);
    return file;
  };
  const manifest: Manifest = {
    runtime: named(runtime),
    modules: Object.fromEntries([...entries].map(([specifier, name]) => [specifier, named(name)])),
    services: {
      postgres: [named('service-postgres'), ...services.postgres],
      valkey: [named('service-valkey'), ...services.valkey],
    },
    imports: {},
    assets: {},
    files: {},
  };
  for (const [path, { imports, inputs }] of modules) {
    const name = basename(path);
    const others = [...new Set(imports.filter(({ external }) => !external).map((one) => basename(one.path)))];
    if (others.length > 0) manifest.imports[name] = others.sort();
    const wasm = Object.keys(inputs).flatMap((one) => (one.startsWith('wasm:') ? basename(one) : []));
    if (wasm.length > 0) manifest.assets[name] = wasm.sort();
  }
  refuseCircles(manifest.imports);
  for (const name of (await readdir(output)).sort()) {
    if (!/\.(json|html|txt)$/.test(name)) manifest.files[name] = await published(output, name);
  }
  return manifest;
}

/** Puts a hash into the name of a file that has none, so that every file but the manifest can be kept for ever. */
async function published(folder: string, name: string): Promise<Manifest['files'][string]> {
  const bytes = await readFile(join(folder, name));
  const digest = createHash('sha256').update(bytes).digest();
  const sha256 = digest.toString('base64');
  if (name.endsWith('.js')) return { path: name, bytes: bytes.length, sha256 };
  const extension = extname(name);
  const path = `${basename(name, extension)}-${digest.toString('hex').slice(0, 8)}${extension}`;
  await writeFile(join(folder, path), bytes);
  await rm(join(folder, name));
  return { path, bytes: bytes.length, sha256 };
}

/** Blob URLs are made from the leaves up: modules that import each other could not be. */
function refuseCircles(imports: Record<string, string[]>): void {
  const done = new Set<string>();
  const visit = (name: string, path: string[]) => {
    if (path.includes(name))
      throw new Error(`Modules of the bundle import each other: ${[...path, name].join(' -> ')}`);
    if (done.has(name)) return;
    for (const other of imports[name] ?? []) visit(other, [...path, name]);
    done.add(name);
  };
  Object.keys(imports).forEach((name) => visit(name, []));
}
