/** One worker in the page's eyes, from its start to its end. */
import type { Workers } from './frame-host.ts';
import { filesFor } from './imports.ts';
import {
  OUTPUT_LIMIT,
  type Failure,
  type FromWorker,
  type Manifest,
  type Phase,
  type Preparation,
  type Program,
  type Service,
  type Stream,
} from './protocol.ts';

/** How long a program may run, and its servers may take to start, in milliseconds. */
const LIMIT = { running: 60_000, starting: 60_000 };

/** How a run ended. */
export type Outcome =
  | { kind: 'ended'; code: number; failure?: Failure | undefined; milliseconds: number }
  | { kind: 'stopped'; by: 'reader' | 'limit'; milliseconds: number }
  /** It could not run, or the sandbox gave way. The same again may work. */
  | { kind: 'broken'; message: string };

/** What a run reports while it goes on. */
export interface Watcher {
  loading(loaded: number, total: number): void;
  phase(phase: Phase): void;
  output(chunks: [Stream, string][]): void;
  end(outcome: Outcome): void;
}

/** A run that has begun. */
export interface Run {
  /** Ends it at once, as the reader's wish. */
  stop(): void;
}

/** Where the bundle's files come from: `Files`. */
export interface Loader {
  readonly listeners: Set<(name: string, bytes: number) => void>;
  manifest(): Promise<Manifest>;
  /** A script comes as its text. */
  file(name: string): Promise<Blob | string>;
}

/** The packages and servers that a program wants to find. */
export interface Wants {
  specifiers: string[];
  services: Service[];
}

export class Host {
  readonly #files: Loader;
  readonly #workers: Workers;
  readonly #wants: Wants;
  readonly #handed = new Set<string>();
  #worker: Promise<number> | undefined;
  #watcher: Watcher | undefined;
  #over = false;
  #warming = false;
  #began = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #printed = { characters: 0, lines: 0 };
  /** What the worker is busy with; told only when all files are there, since until then they are what it waits for. */
  #phase: Phase | undefined;
  #loaded = false;

  constructor(files: Loader, workers: Workers, wants: Wants) {
    this.#files = files;
    this.#workers = workers;
    this.#wants = wants;
  }

  /** Whether the worker is gone. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether it still loads what `warm` asked for. */
  get busy(): boolean {
    return this.#warming;
  }

  run(program: Program, watcher: Watcher): Run {
    this.#watcher = watcher;
    this.#began = performance.now();
    this.#prepared((ready) => ({ type: 'run', program, ...ready })).catch((error: unknown) => this.#broken(error));
    return { stop: () => this.#end({ kind: 'stopped', by: 'reader', milliseconds: performance.now() - this.#began }) };
  }

  /** Makes everything ready for a run. What goes wrong shows in `over`. */
  warm(): void {
    this.#warming = true;
    this.#prepared((ready) => ({ type: 'warm', ...ready }))
      .catch((error: unknown) => this.#broken(error))
      .finally(() => (this.#warming = false));
  }

  drop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#worker?.then(
      (worker) => this.#workers.stop(worker),
      () => {},
    );
  }

  /** Starts the worker with a message, and hands it the files that it will ask for as they arrive. */
  async #prepared(message: (ready: Preparation) => Parameters<Workers['send']>[1]): Promise<void> {
    const manifest = await this.#files.manifest();
    if (this.#over) return;
    const { specifiers, services } = this.#wants;
    const names = filesFor(manifest, specifiers, services);
    const modules = specifiers.filter((name) => Object.hasOwn(manifest.modules, name));
    const handed = this.#start(manifest).then(async (worker) => {
      if (this.#over) return;
      this.#workers.send(worker, message({ services, modules, map: mapOf(manifest) }));
      await Promise.all(names.map((name) => this.#hand(worker, name)));
    });
    await Promise.all([handed, this.#load(manifest, names)]);
    if (this.#over || !this.#watcher) return;
    this.#loaded = true;
    if (this.#phase === 'running') return;
    this.#limit(LIMIT.starting);
    if (this.#phase) this.#watcher.phase(this.#phase);
  }

  #start(manifest: Manifest): Promise<number> {
    this.#worker ??= this.#workers.start(manifest, {
      say: (message) => this.#hear(message),
      lost: (reason) => this.#broken(new Error(reason)),
    });
    return this.#worker;
  }

  /** Fetches files, and tells the watcher how far it is. */
  async #load(manifest: Manifest, names: string[]): Promise<void> {
    const total = names.reduce((sum, name) => sum + (manifest.files[name]?.bytes ?? 0), 0);
    const arrived = new Map<string, number>();
    const tell = () => {
      const sum = [...arrived.values()].reduce((a, b) => a + b, 0);
      this.#watcher?.loading(Math.min(total, sum), total);
    };
    const listener = (name: string, bytes: number) => {
      if (!names.includes(name)) return;
      arrived.set(name, (arrived.get(name) ?? 0) + bytes);
      tell();
    };
    this.#files.listeners.add(listener);
    try {
      const done = names.map(async (name) => {
        await this.#files.file(name);
        arrived.set(name, manifest.files[name]?.bytes ?? 0);
      });
      await Promise.all(done);
      tell();
    } finally {
      this.#files.listeners.delete(listener);
    }
  }

  #hear(message: FromWorker | null) {
    if (this.#over || typeof message !== 'object' || message === null) return;
    if (message.type === 'need') void this.#answer(message.name);
    if (message.type === 'phase') this.#enter(message.phase);
    if (message.type === 'output') this.#print(message.chunks);
    if (message.type === 'broken') this.#broken(new Error(String(message.message)));
    if (message.type === 'end' && this.#watcher) {
      const { code, failure } = message;
      this.#end({ kind: 'ended', code: Number(code), failure, milliseconds: performance.now() - this.#began });
    }
  }

  #enter(phase: Phase) {
    this.#phase = phase;
    if (phase === 'running') this.#limit(LIMIT.running);
    if (this.#loaded || phase === 'running') this.#watcher?.phase(phase);
  }

  async #answer(name: unknown) {
    const worker = await this.#worker;
    if (worker === undefined || typeof name !== 'string') return;
    const { files } = await this.#files.manifest();
    if (!Object.hasOwn(files, name)) {
      this.#workers.send(worker, { type: 'file', name, content: null });
      return;
    }
    await this.#hand(worker, name).catch((error: unknown) => this.#broken(error));
  }

  /** Sends a file of the bundle to the worker, once. */
  async #hand(worker: number, name: string): Promise<void> {
    if (this.#handed.has(name)) return;
    this.#handed.add(name);
    const content = await this.#files.file(name);
    this.#workers.send(worker, { type: 'file', name, content });
  }

  /** Whatever a worker says, a page takes no more than this. */
  #print(chunks: unknown) {
    if (!Array.isArray(chunks)) return;
    const kept: [Stream, string][] = [];
    for (const chunk of chunks as unknown[]) {
      const [stream, text] = Array.isArray(chunk) ? (chunk as unknown[]) : [];
      const room = OUTPUT_LIMIT.characters + 200 - this.#printed.characters;
      if (typeof text !== 'string' || room <= 0 || this.#printed.lines > OUTPUT_LIMIT.lines + 2) continue;
      const part = text.slice(0, room);
      this.#printed.characters += part.length;
      this.#printed.lines += part.split('\n').length - 1;
      kept.push([stream === 'stderr' ? 'stderr' : 'stdout', part]);
    }
    if (kept.length > 0) this.#watcher?.output(kept);
  }

  #limit(milliseconds: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#end({ kind: 'stopped', by: 'limit', milliseconds: performance.now() - this.#began });
    }, milliseconds);
  }

  #broken(error: unknown) {
    const message = error instanceof Error ? error.message : String(error);
    this.#end({ kind: 'broken', message });
  }

  #end(outcome: Outcome) {
    if (this.#over) return;
    this.drop();
    this.#watcher?.end(outcome);
  }
}

/** Where the worker finds what it loads: packages by specifier, servers as `service:postgres`. */
function mapOf(manifest: Manifest): Record<string, string> {
  const services = Object.entries(manifest.services).map(([name, files]) => [`service:${name}`, files[0] ?? '']);
  return { ...manifest.modules, ...(Object.fromEntries(services) as Record<string, string>) };
}
