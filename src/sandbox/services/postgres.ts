import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { ports } from '../node/net.ts';
import { blob, wasmModule } from '../worker/page.ts';

const PORT = 5432;

/** An empty module: PGlite asks for the one that makes a data directory, even if it is given one. */
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Starts PostgreSQL on a data directory that holds the shop's schema. Resolves to what the environment says of it. */
export async function start(): Promise<Record<string, string>> {
  const [pgliteWasmModule, fsBundle, loadDataDir] = await Promise.all([
    wasmModule('pglite.wasm'),
    blob('pglite.data'),
    blob('snapshot.tar'),
  ]);
  const initdbWasmModule = new WebAssembly.Module(EMPTY);
  const db = await PGlite.create({ pgliteWasmModule, initdbWasmModule, fsBundle, loadDataDir });
  const server = new PGLiteSocketServer({ db, port: PORT, host: '127.0.0.1', maxConnections: 50 });
  await server.start();
  const listening = ports.get(PORT);
  if (!listening) throw new Error('PostgreSQL does not listen.');
  // A program ends although its database goes on.
  listening.internal = true;
  listening.unref();
  return { DATABASE_URL: `postgresql://postgres:postgres@localhost:${PORT}/postgres` };
}
