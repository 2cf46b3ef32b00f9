import type { FromFrame, FromWorker, Manifest, ToFrame, ToWorker } from './protocol.ts';

/** How long the frame may take to load, and how long it may be silent while a program runs, in milliseconds. */
const [LOADING, SILENCE, PING] = [20_000, 10_000, 2_000];

interface Worker {
  say(message: FromWorker | null): void;
  /** The frame is gone, with the worker in it. */
  lost(reason: string): void;
}

/**
 * The sandboxed frame of this page, which owns the workers. Nothing that comes from it is trusted: a message counts if it is
 * from this very frame, and says nothing about the page.
 */
export class FrameHost {
  readonly #url: string;
  readonly #workers = new Map<number, Worker>();
  #frame: HTMLIFrameElement | undefined;
  #ready: Promise<void> | undefined;
  #heard = 0;
  #watch = 0;
  #count = 0;

  constructor(url: string) {
    this.#url = url;
    addEventListener('message', (event: MessageEvent<unknown>) => {
      if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== 'null') return;
      this.#heard = performance.now();
      this.#receive(event.data);
    });
  }

  /** Starts a worker and returns the number it goes by. */
  async start(manifest: Manifest, worker: Worker): Promise<number> {
    await this.#load();
    const run = ++this.#count;
    this.#workers.set(run, worker);
    const { runtime, imports } = manifest;
    this.#post({ type: 'start', run, base: new URL('.', this.#url).href, runtime, imports });
    this.#watch ||= window.setInterval(() => this.#ping(), PING);
    this.#heard = performance.now();
    return run;
  }

  send(run: number, message: ToWorker): void {
    if (this.#workers.has(run)) this.#post({ type: 'send', run, message });
  }

  /** Ends a worker, whatever it is doing. */
  stop(run: number): void {
    if (!this.#workers.delete(run)) return;
    this.#post({ type: 'stop', run });
    if (this.#workers.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = 0;
  }

  #post(message: ToFrame) {
    this.#frame?.contentWindow?.postMessage(message, '*');
  }

  #load(): Promise<void> {
    if (this.#ready) return this.#ready;
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.title = 'Sandbox for programs';
    frame.hidden = true;
    frame.src = this.#url;
    this.#frame = frame;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onReady = resolve;
    const timer = setTimeout(() => {
      this.#discard('');
      reject(new Error('The sandbox could not be loaded. Check your connection, then try again.'));
    }, LOADING);
    this.#ready = promise.finally(() => clearTimeout(timer));
    document.body.append(frame);
    return this.#ready;
  }
  #onReady: () => void = () => {};

  #receive(data: unknown) {
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
    this.#post({ type: 'ping' });
  }

  #discard(reason: string) {
    this.#frame?.remove();
    this.#frame = this.#ready = undefined;
    clearInterval(this.#watch);
    this.#watch = 0;
    const lost = [...this.#workers.values()];
    this.#workers.clear();
    for (const worker of lost) worker.lost(reason);
  }
}
