import EventEmitter from 'events';
import { hold } from './lifetime.ts';

/** Thrown by `process.exit`, so that nothing after it runs. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`process.exit(${code})`);
    this.code = code;
  }
}

/** How the process reaches the run that it belongs to; set by the worker before a program starts. */
export const host = {
  write: (_stream: 'stdout' | 'stderr', _text: string): void => {},
  exit: (_code: number): void => {},
};

const started = performance.now();

function output(stream: 'stdout' | 'stderr', fd: number) {
  return Object.assign(new EventEmitter(), {
    fd,
    isTTY: false,
    writable: true,
    columns: 80,
    write(chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean {
      host.write(stream, typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') queueMicrotask(callback as () => void);
      return true;
    },
    end: () => undefined,
  });
}

function hrtime(since?: [number, number]): [number, number] {
  const now = performance.now();
  let [seconds, nanos] = [Math.floor(now / 1e3), Math.floor((now % 1e3) * 1e6)];
  if (since) [seconds, nanos] = [seconds - since[0], nanos - since[1]];
  return nanos < 0 ? [seconds - 1, nanos + 1e9] : [seconds, nanos];
}
hrtime.bigint = () => BigInt(Math.floor(performance.now() * 1e6));

/** Node's `process`, for a process that is a worker. `versions.node` is left out: PGlite would take it for Node.js. */
const process = Object.assign(new EventEmitter(), {
  env: { NODE_ENV: 'development', TZ: 'UTC' },
  argv: ['node', 'sample.ts'],
  execArgv: [],
  execPath: 'node',
  pid: 1,
  ppid: 0,
  title: 'node',
  platform: 'linux',
  arch: 'wasm32',
  version: 'v24.21.0',
  versions: {},
  release: { name: 'node' },
  config: {},
  features: {},
  exitCode: undefined as number | undefined,
  stdout: output('stdout', 1),
  stderr: output('stderr', 2),
  stdin: Object.assign(new EventEmitter(), { isTTY: false, fd: 0 }),
  cwd: () => '/',
  umask: () => 0o22,
  uptime: () => (performance.now() - started) / 1e3,
  hrtime,
  nextTick(this: void, callback: (...args: unknown[]) => unknown, ...args: unknown[]): void {
    const tick = hold();
    queueMicrotask(() => {
      tick.release();
      callback(...args);
    });
  },
  emitWarning(this: void, warning: string | Error, type?: string | { type?: string; code?: string }): void {
    const name = typeof type === 'string' ? type : (type?.type ?? (warning as Error).name ?? 'Warning');
    const message = typeof warning === 'string' ? warning : warning.message;
    host.write('stderr', `(node:1) ${name}: ${message}\n`);
  },
  memoryUsage: Object.assign(() => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }), {
    rss: () => 0,
  }),
  exit(this: void, code?: number): never {
    const status = code ?? process.exitCode ?? 0;
    process.exitCode = status;
    process.emit('exit', status);
    host.exit(status);
    throw new Exit(status);
  },
  abort: (): never => process.exit(134),
  kill: () => true,
  binding(): never {
    throw new Error('process.binding is not available in a browser');
  },
});

export default process;
export const { env, argv, nextTick, stdout, stderr, stdin, version, versions, platform, cwd, exit, pid, emitWarning } =
  process;
export { hrtime };
