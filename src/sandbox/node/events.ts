import npm from 'events';

const first = npm.once.bind(npm);

type Emitter = InstanceType<typeof npm>;
interface Options {
  signal?: AbortSignal;
}

/** `events.once`, with the signal that the npm package does not know. */
export async function once(emitter: Emitter | EventTarget, name: string, options: Options = {}): Promise<unknown[]> {
  const { signal } = options;
  signal?.throwIfAborted();
  if (!signal) return first(emitter as Emitter, name) as Promise<unknown[]>;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => {
    const error = new Error('The operation was aborted', { cause: signal.reason });
    aborted.reject(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([first(emitter as Emitter, name) as Promise<unknown[]>, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Every `name` event from now on, as an endless iteration. */
export async function* on(emitter: Emitter, name: string): AsyncGenerator<unknown[]> {
  const arrived: unknown[][] = [];
  let wake: (() => void) | undefined;
  const listener = (...args: unknown[]) => {
    arrived.push(args);
    wake?.();
  };
  emitter.on(name, listener);
  try {
    for (;;) {
      while (arrived.length > 0) yield arrived.shift()!;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    emitter.off(name, listener);
  }
}

export const setMaxListeners = () => undefined;
export const getEventListeners = (emitter: Emitter, name: string) => emitter.listeners(name);
export const errorMonitor = Symbol('events.errorMonitor');
export const captureRejectionSymbol = Symbol.for('nodejs.rejection');

const EventEmitter = Object.assign(npm, {
  captureRejectionSymbol,
  errorMonitor,
  getEventListeners,
  on,
  setMaxListeners,
});
export const defaultMaxListeners = 10;
export { EventEmitter };
export default Object.assign(EventEmitter, { EventEmitter, once });
