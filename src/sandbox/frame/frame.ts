/**
 * The script of the sandboxed frame: an opaque origin without network, which starts workers, compiles WebAssembly once for
 * all of them, and passes messages on. A worker can say what it likes; which run it belongs to is known from its handle.
 */
import type { FromFrame, FromWorker, ToFrame } from '../protocol.ts';

/** The code of boot.ts, put here by the build. */
declare const BOOT: string;

const workers = new Map<number, Worker>();
const compiledModules = new Map<string, Promise<WebAssembly.Module>>();
const up = (message: FromFrame) => parent.postMessage(message, '*');

function start({ run, base, runtime, imports }: Extract<ToFrame, { type: 'start' }>) {
  const config = `const config = ${JSON.stringify({ base, runtime, imports })};\n`;
  // In an opaque origin a module worker from a blob URL does not start, and a classic one has no `crypto.subtle`.
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(config + BOOT)}`, { type: 'module' });
  workers.set(run, worker);
  worker.onmessage = ({ data }: MessageEvent<FromWorker | null>) => {
    up({ type: 'said', run, message: data });
  };
  const broken = (message: string) => up({ type: 'said', run, message: { type: 'broken', message } });
  worker.onerror = (event) => {
    event.preventDefault();
    broken(event.message || 'The worker could not be started.');
  };
  worker.onmessageerror = () => broken('A message could not be read.');
}

async function send({ run, message }: Extract<ToFrame, { type: 'send' }>) {
  const worker = workers.get(run);
  if (message.type !== 'file' || !message.name.endsWith('.wasm') || !(message.content instanceof Blob)) {
    worker?.postMessage(message);
    return;
  }
  const { name } = message;
  try {
    worker?.postMessage({ type: 'file', name, content: await compiled(name, message.content) });
  } catch (error) {
    const reason = `WebAssembly could not be compiled: ${String(error)}`;
    up({ type: 'said', run, message: { type: 'broken', message: reason } });
  }
}

function compiled(name: string, content: Blob): Promise<WebAssembly.Module> {
  let module = compiledModules.get(name);
  if (!module) {
    module = content.arrayBuffer().then((bytes) => WebAssembly.compile(bytes));
    module.catch(() => compiledModules.delete(name));
    compiledModules.set(name, module);
  }
  return module;
}

addEventListener('message', ({ data, source }: MessageEvent<ToFrame>) => {
  if (source !== parent) return;
  if (data.type === 'start') start(data);
  if (data.type === 'send') void send(data);
  if (data.type === 'ping') up({ type: 'pong' });
  if (data.type === 'stop') {
    workers.get(data.run)?.terminate();
    workers.delete(data.run);
    up({ type: 'stopped', run: data.run });
  }
});
up({ type: 'ready' });
