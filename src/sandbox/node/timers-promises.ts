import * as timers from './timers.ts';

interface Options {
  signal?: AbortSignal;
  ref?: boolean;
}

/** The error with which Node.js ends a wait whose signal is aborted. */
function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

function waited<T>(start: (done: () => void) => () => void, value: T, { signal }: Options): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const onAbort = () => {
      cancel();
      reject(abortError(signal!));
    };
    const cancel = start(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export function setTimeout<T = void>(delay?: number, value?: T, options: Options = {}): Promise<T> {
  return waited(
    (done) => {
      const timer = timers.setTimeout(done, delay);
      if (options.ref === false) timer.unref();
      return () => timer.close();
    },
    value!,
    options,
  );
}

export function setImmediate<T = void>(value?: T, options: Options = {}): Promise<T> {
  return waited(
    (done) => {
      const immediate = timers.setImmediate(done);
      return () => timers.clearImmediate(immediate);
    },
    value!,
    options,
  );
}

export async function* setInterval<T = void>(delay?: number, value?: T, options: Options = {}): AsyncGenerator<T> {
  for (;;) yield setTimeout<T>(delay, value, options);
}

export const scheduler = { wait: (delay: number, options?: Options) => setTimeout(delay, undefined, options) };

export default { setTimeout, setImmediate, setInterval, scheduler };
