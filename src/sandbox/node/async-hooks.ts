/** Work that remembers where it came from. Its context is not kept across `await`: a worker cannot follow a promise. */
export class AsyncResource {
  readonly type: string;
  constructor(type: string) {
    this.type = type;
  }
  runInAsyncScope<T>(run: (...args: unknown[]) => T, receiver?: unknown, ...args: unknown[]): T {
    return Reflect.apply(run, receiver, args);
  }
  emitDestroy(): this {
    return this;
  }
  bind<T>(run: T): T {
    return run;
  }
  static bind<T>(run: T): T {
    return run;
  }
}

/** A store for the synchronous part of a call, and no longer: programs that need more are `.native.ts`. */
export class AsyncLocalStorage<T> {
  #store: T | undefined;
  run<R>(store: T, run: (...args: unknown[]) => R, ...args: unknown[]): R {
    const before = this.#store;
    this.#store = store;
    try {
      return run(...args);
    } finally {
      this.#store = before;
    }
  }
  getStore(): T | undefined {
    return this.#store;
  }
  enterWith(store: T): void {
    this.#store = store;
  }
  exit<R>(run: (...args: unknown[]) => R, ...args: unknown[]): R {
    return run(...args);
  }
  disable(): void {
    this.#store = undefined;
  }
  static bind<F>(run: F): F {
    return run;
  }
}

export const executionAsyncId = () => 0;
export const createHook = () => ({ enable() {}, disable() {} });
export default { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId };
