import type { FromFrame, FromWorker, Manifest, ToFrame, ToWorker } from './protocol.ts';

/** How long the frame may take to load, and how long it may be silent while a program runs, in milliseconds. */
const [LOADING, SILENCE, PING] = [20_000, 10_000, 2_000];

/** Hears of a worker. */
export interface Listener {
  say(message: FromWorker | null): void;
  /** The frame is gone, with the worker in it. */
  lost(reason: string): void;
}

/** Starts workers, and passes messages on: `FrameHost`. */
export interface Workers {
  /** Begins to load what `start` needs, since a worker will be wanted. */
  open(): void;
  start(manifest: Manifest, listener: Listener): Promise<number>;
  send(worker: number, message: ToWorker): void;
  stop(worker: number): void;
}

/** A frame that has been put into the page. */
export interface Frame {
  post(message: ToFrame): void;
  remove(): void;
}

/** Puts a sandboxed frame into this page. `hear` gets what that very frame says, and nothing else. */
export function insertFrame(url: string, hear: (data: unknown) => void): Frame {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = 'Sandbox for programs';
  frame.hidden = true;
  frame.src = url;
  const listener = (event: MessageEvent<unknown>) => {
    if (event.source === frame.contentWindow && event.origin === 'null') hear(event.data);
  };
  addEventListener('message', listener);
  document.body.append(frame);
  return {
    post: (message) => frame.contentWindow?.postMessage(message, '*'),
    remove() {
      removeEventListener('message', listener);
      frame.remove();
    },
  };
}

/**
 * The sandboxed frame of this page, which owns the workers. Nothing that comes from it is trusted: it is asked for nothing
 * but what its workers say, and says nothing about the page.
 */
export class FrameHost implements Workers {
  readonly #url: string;
  readonly #insert: typeof insertFrame;
  readonly #workers = new Map<number, Listener>();
  #frame: Frame | undefined;
  #ready: Promise<void> | undefined;
  #onReady: () => void = () => {};
  #heard = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  constructor(url: string, insert = insertFrame) {
    this.#url = url;
    this.#insert = insert;
  }

  open(): void {
    this.#load().catch(() => {}); // `start` hears of it.
  }

  /** Starts a worker and resolves to the number it goes by. Rejects if the frame cannot be loaded. */
  async start(manifest: Manifest, listener: Listener): Promise<number> {
    await this.#load();
    const run = ++this.#count;
    this.#workers.set(run, listener);
    const { runtime, imports } = manifest;
    this.#frame?.post({ type: 'start', run, base: new URL('.', this.#url).href, runtime, imports });
    this.#watch ??= setInterval(() => this.#ping(), PING);
    this.#heard = performance.now();
    return run;
  }

  send(run: number, message: ToWorker): void {
    if (this.#workers.has(run)) this.#frame?.post({ type: 'send', run, message });
  }

  /** Ends a worker, whatever it is doing. */
  stop(run: number): void {
    if (!this.#workers.delete(run)) return;
    this.#frame?.post({ type: 'stop', run });
    if (this.#workers.size === 0) this.#rest();
  }

  #load(): Promise<void> {
    if (this.#ready) return this.#ready;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onReady = resolve;
    this.#frame = this.#insert(this.#url, (data) => this.#receive(data));
    const timer = setTimeout(() => {
      this.#discard('');
      reject(new Error('The sandbox could not be loaded. Check your connection, then try again.'));
    }, LOADING);
    this.#ready = promise.finally(() => clearTimeout(timer));
    return this.#ready;
  }

  #receive(data: unknown) {
    this.#heard = performance.now();
    if (typeof data !== 'object' || data === null) return;
    const message = data as FromFrame;
    if (message.type === 'ready') this.#onReady();
    if (message.type === 'said') this.#workers.get(message.run)?.say(message.message);
  }

  #ping() {
    if (performance.now() - this.#heard > SILENCE) {
      this.#discard('The sandbox stopped answering. The program may have used up its memory.');
      return;
    }
    this.#frame?.post({ type: 'ping' });
  }

  #rest() {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #discard(reason: string) {
    this.#frame?.remove();
    this.#frame = this.#ready = undefined;
    this.#rest();
    const lost = [...this.#workers.values()];
    this.#workers.clear();
    for (const listener of lost) listener.lost(reason);
  }
}
