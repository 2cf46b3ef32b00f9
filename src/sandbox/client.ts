/** The page's side of the sandbox, and the only way in: runs programs, and says what becomes of them. */
import { Files, LoadError } from './files.ts';
import { FrameHost } from './frame-host.ts';
import { filesFor, siblingOf, specifiersOf } from './imports.ts';
import {
  OUTPUT_LIMIT,
  servicesFor,
  type Failure,
  type FromWorker,
  type Manifest,
  type Phase,
  type Program,
  type Service,
  type Stream,
} from './protocol.ts';

export type { Failure, Program, Stream };

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

/** What is about to run: its imports, and a worker that has its servers up already. */
interface Warm {
  services: string;
  host: Host;
}

/** Runs programs for one page. `base` is the address of the bundle's folder, with a slash at its end. */
export class Sandbox {
  readonly #files: Files;
  readonly #frame: FrameHost;
  #warm: Warm | undefined;

  constructor(base: string) {
    const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
    const url = new URL(base, location.href).href;
    this.#files = new Files(url, {
      fetch: (address, init) => fetch(address, init),
      digest: subtle && ((bytes) => subtle.digest('SHA-256', bytes)),
      patience: 15_000,
    });
    this.#frame = new FrameHost(`${url}frame.html`);
  }

  /** Runs a program. Every run ends in exactly one call of `watcher.end`. */
  run(program: Program, watcher: Watcher): Run {
    const wants = wantsOf(program);
    const warm = this.#warm?.services === wants.services.join() ? this.#warm.host : undefined;
    if (warm) this.#warm = undefined;
    const host = warm ?? new Host(this.#files, this.#frame);
    return host.run(program, wants, watcher);
  }

  /** Starts the servers that `program` will want, so that its run begins sooner. */
  warm(program: Program): void {
    const wants = wantsOf(program);
    const services = wants.services.join();
    if (this.#warm?.services === services || this.#warm?.host.busy) return;
    this.#warm?.host.drop();
    const host = new Host(this.#files, this.#frame);
    this.#warm = { services, host };
    host.warm(wants).catch(() => {
      if (this.#warm?.host === host) this.#warm = undefined;
    });
  }
}

interface Wants {
  specifiers: string[];
  services: Service[];
}

function wantsOf({ sources }: Program): Wants {
  const specifiers = [...new Set(Object.values(sources).flatMap(specifiersOf))].filter((name) => !siblingOf(name));
  return { specifiers, services: servicesFor(specifiers) };
}

/** One worker, from its start to its end. */
class Host {
  readonly #files: Files;
  readonly #frame: FrameHost;
  #worker: Promise<number> | undefined;
  #watcher: Watcher | undefined;
  #over = false;
  #began = 0;
  #timer = 0;
  #printed = { characters: 0, lines: 0 };
  busy = false;

  constructor(files: Files, frame: FrameHost) {
    this.#files = files;
    this.#frame = frame;
  }

  run(program: Program, wants: Wants, watcher: Watcher): Run {
    this.#watcher = watcher;
    this.#began = performance.now();
    this.#load(wants)
      .then(async (manifest) => {
        const worker = await this.#start(manifest);
        if (this.#over) return;
        this.#limit(LIMIT.starting);
        this.#frame.send(worker, { type: 'run', program, services: wants.services, map: mapOf(manifest) });
      })
      .catch((error: unknown) => this.#broken(error));
    return { stop: () => this.#end({ kind: 'stopped', by: 'reader', milliseconds: performance.now() - this.#began }) };
  }

  async warm(wants: Wants): Promise<void> {
    this.busy = true;
    const manifest = await this.#load(wants);
    const worker = await this.#start(manifest);
    this.#frame.send(worker, { type: 'warm', services: wants.services, map: mapOf(manifest) });
    this.busy = false;
  }

  drop(): void {
    this.#over = true;
    void this.#worker?.then((worker) => this.#frame.stop(worker));
  }

  #start(manifest: Manifest): Promise<number> {
    this.#worker ??= this.#frame.start(manifest, {
      say: (message) => this.#hear(message),
      lost: (reason) => this.#broken(new Error(reason)),
    });
    return this.#worker;
  }

  /** Fetches all that the run will ask for, and tells the watcher how far it is. */
  async #load({ specifiers, services }: Wants): Promise<Manifest> {
    const manifest = await this.#files.manifest();
    const names = filesFor(manifest, specifiers, services);
    const total = names.reduce((sum, name) => sum + (manifest.files[name]?.bytes ?? 0), 0);
    const arrived = new Map<string, number>();
    const tell = () =>
      this.#watcher?.loading(
        Math.min(
          total,
          [...arrived.values()].reduce((a, b) => a + b, 0),
        ),
        total,
      );
    const listener = (name: string, bytes: number) => {
      if (!names.includes(name)) return;
      arrived.set(name, (arrived.get(name) ?? 0) + bytes);
      tell();
    };
    this.#files.listeners.add(listener);
    try {
      const done = names.map(async (name) => {
        const { size } = await this.#files.file(name);
        arrived.set(name, size);
      });
      await Promise.all(done);
      tell();
    } finally {
      this.#files.listeners.delete(listener);
    }
    return manifest;
  }

  #hear(message: FromWorker | null) {
    if (this.#over || typeof message !== 'object' || message === null) return;
    if (message.type === 'need') void this.#answer(message.name);
    if (message.type === 'phase') {
      if (message.phase === 'running') this.#limit(LIMIT.running);
      this.#watcher?.phase(message.phase);
    }
    if (message.type === 'output') this.#print(message.chunks);
    if (message.type === 'broken') this.#broken(new Error(String(message.message)));
    if (message.type === 'end') {
      const { code, failure } = message;
      this.#end({ kind: 'ended', code: Number(code), failure, milliseconds: performance.now() - this.#began });
    }
  }

  async #answer(name: unknown) {
    const worker = await this.#worker;
    if (worker === undefined || typeof name !== 'string') return;
    const { files } = await this.#files.manifest();
    if (!Object.hasOwn(files, name)) {
      this.#frame.send(worker, { type: 'file', name, content: null });
      return;
    }
    try {
      const blob = await this.#files.file(name);
      const content = name.endsWith('.js') ? await blob.text() : blob;
      this.#frame.send(worker, { type: 'file', name, content });
    } catch (error) {
      if (error instanceof LoadError) this.#broken(error);
    }
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
    this.#timer = window.setTimeout(() => {
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
    clearTimeout(this.#timer);
    this.#watcher?.end(outcome);
  }
}

function mapOf(manifest: Manifest): Record<string, string> {
  const services = Object.entries(manifest.services).map(([name, files]) => [`service:${name}`, files[0] ?? '']);
  return { ...manifest.modules, ...(Object.fromEntries(services) as Record<string, string>) };
}
