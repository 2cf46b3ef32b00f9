import { hold, type Hold } from './lifetime.ts';

/** The worker's own timers, which nothing counts: for our own use, and for PostgreSQL's. */
export const plain = {
  setTimeout: globalThis.setTimeout.bind(globalThis),
  clearTimeout: globalThis.clearTimeout.bind(globalThis),
  setInterval: globalThis.setInterval.bind(globalThis),
  clearInterval: globalThis.clearInterval.bind(globalThis),
};

type Callback = (...args: unknown[]) => unknown;

/** What Node.js returns from `setTimeout` and `setInterval`: an object that can be unreferenced and started anew. */
export class Timeout {
  readonly #repeat: boolean;
  readonly #delay: number;
  readonly #run: () => void;
  readonly #hold: Hold;
  #id = 0;

  constructor(callback: Callback, delay: number | undefined, args: unknown[], repeat: boolean) {
    this.#repeat = repeat;
    // Node.js fires after 1 ms when asked for less, for no number, or for more than it can count.
    this.#delay = delay !== undefined && delay >= 1 && delay <= 2 ** 31 - 1 ? delay : 1;
    this.#hold = hold();
    this.#run = () => {
      if (!repeat) this.#hold.release();
      callback(...args);
    };
    this.#start();
  }
  #start() {
    const start = this.#repeat ? plain.setInterval : plain.setTimeout;
    this.#id = start(this.#run, this.#delay) as unknown as number;
  }
  close(): this {
    plain.clearTimeout(this.#id);
    this.#hold.release();
    return this;
  }
  refresh(): this {
    plain.clearTimeout(this.#id);
    this.#hold.renew();
    this.#start();
    return this;
  }
  unref(): this {
    this.#hold.release();
    return this;
  }
  ref(): this {
    this.#hold.renew();
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.toPrimitive](): number {
    return this.#id;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

/** What Node.js returns from `setImmediate`. */
export class Immediate {
  cancelled = false;
  readonly hold = hold();
  ref(): this {
    return this;
  }
  unref(): this {
    this.hold.release();
    return this;
  }
}

export const setTimeout = (callback: Callback, delay?: number, ...args: unknown[]) =>
  new Timeout(callback, delay, args, false);
export const setInterval = (callback: Callback, delay?: number, ...args: unknown[]) =>
  new Timeout(callback, delay, args, true);

export function clearTimeout(timer: unknown): void {
  if (timer instanceof Timeout) timer.close();
  else if (typeof timer === 'number') plain.clearTimeout(timer);
}
export const clearInterval = clearTimeout;

const immediates: (() => void)[] = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => immediates.shift()?.();

/** A turn of the event loop of its own: messages are not slowed down as nested timers are. */
export function setImmediate(callback: Callback, ...args: unknown[]): Immediate {
  const immediate = new Immediate();
  immediates.push(() => {
    immediate.hold.release();
    if (!immediate.cancelled) callback(...args);
  });
  port2.postMessage(0);
  return immediate;
}

export function clearImmediate(immediate: unknown): void {
  if (!(immediate instanceof Immediate)) return;
  immediate.cancelled = true;
  immediate.hold.release();
}

export default { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
