import type { Manifest } from './protocol.ts';

/** What the page needs to fetch with. Passed in, so that tests can do without a network. */
export interface Network {
  fetch(url: string, init: { cache?: RequestCache; signal?: AbortSignal }): Promise<Response>;
  /** SHA-256; undefined where the page is no secure context. */
  digest: ((bytes: ArrayBuffer) => Promise<ArrayBuffer>) | undefined;
  /** How long a file may send nothing before it is given up, in milliseconds. */
  patience: number;
}

/** Something of the bundle could not be loaded. Its message says what to do. */
export class LoadError extends Error {}

const ADVICE = 'Check your connection, then try again.';

/** The bundle as the page has it: each file is fetched once and kept; one that failed is fetched anew when asked again. */
export class Files {
  readonly #base: string;
  readonly #network: Network;
  readonly #kept = new Map<string, Promise<Blob | string>>();
  #manifest: Promise<Manifest> | undefined;
  /** Hear of each piece that arrives. */
  readonly listeners = new Set<(name: string, bytes: number) => void>();

  constructor(base: string, network: Network) {
    this.#base = base;
    this.#network = network;
  }

  /** The table of contents. Asked for anew after a failure. */
  manifest(): Promise<Manifest> {
    this.#manifest ??= this.#fetchManifest().catch((error: unknown) => {
      this.#manifest = undefined;
      throw error;
    });
    return this.#manifest;
  }

  /** A file of the bundle, a script as its text. Throws a LoadError if it does not come, or not whole. */
  file(name: string): Promise<Blob | string> {
    let file = this.#kept.get(name);
    if (!file) {
      file = this.#fetchFile(name).catch((error: unknown) => {
        this.#kept.delete(name);
        throw error;
      });
      this.#kept.set(name, file);
    }
    return file;
  }

  async #fetchManifest(): Promise<Manifest> {
    const { buffer } = await this.#bytesOf('manifest.json', () => {});
    try {
      const manifest = JSON.parse(new TextDecoder().decode(buffer)) as Manifest;
      if (typeof manifest.runtime !== 'string' || typeof manifest.files !== 'object') throw new Error('no manifest');
      return manifest;
    } catch {
      throw new LoadError(`The sandbox’s list of files is damaged. ${ADVICE}`);
    }
  }

  async #fetchFile(name: string): Promise<Blob | string> {
    const { files } = await this.manifest();
    const entry = Object.hasOwn(files, name) ? files[name] : undefined;
    if (!entry) throw new LoadError(`The sandbox has no file ${name}.`);
    const { buffer } = await this.#bytesOf(entry.path, (bytes) =>
      this.listeners.forEach((listener) => listener(name, bytes)),
    );
    if (buffer.byteLength !== entry.bytes || !(await this.#matches(buffer, entry.sha256))) {
      throw new LoadError(`${entry.path} arrived damaged. Reload the page, then try again.`);
    }
    // A blob is kept by another process: for each of many small scripts that is a way there and back.
    return name.endsWith('.js') ? new TextDecoder().decode(buffer) : new Blob([buffer]);
  }

  async #matches(buffer: ArrayBuffer, sha256: string): Promise<boolean> {
    if (!this.#network.digest) return true;
    const bytes = new Uint8Array(await this.#network.digest(buffer));
    return btoa(String.fromCharCode(...bytes)) === sha256;
  }

  /** The body of an answer, with a limit on every pause between its pieces. */
  async #bytesOf(path: string, onBytes: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
    const abort = new AbortController();
    const late = () => abort.abort(new LoadError(`${path} did not arrive. ${ADVICE}`));
    let timer = setTimeout(late, this.#network.patience);
    const givenUp = Promise.withResolvers<never>();
    abort.signal.addEventListener('abort', () => givenUp.reject(abort.signal.reason as Error));
    givenUp.promise.catch(() => {}); // Heard of below, if anybody still waits.
    try {
      const cache = path === 'manifest.json' ? 'no-cache' : 'default';
      const response = await Promise.race([
        this.#network.fetch(this.#base + path, { cache, signal: abort.signal }),
        givenUp.promise,
      ]);
      if (!response.ok || !response.body) {
        throw new LoadError(`${path} could not be loaded: the server answered ${response.status}. ${ADVICE}`);
      }
      const pieces: Uint8Array[] = [];
      let length = 0;
      for (const reader = response.body.getReader(); ;) {
        const { done, value } = await Promise.race([reader.read(), givenUp.promise]);
        if (done) break;
        pieces.push(value);
        length += value.length;
        onBytes(value.length);
        clearTimeout(timer);
        timer = setTimeout(late, this.#network.patience);
      }
      const whole = new Uint8Array(length);
      let at = 0;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      return whole;
    } catch (error) {
      if (abort.signal.aborted) throw abort.signal.reason;
      if (error instanceof LoadError) throw error;
      throw new LoadError(`${path} could not be loaded. ${ADVICE}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
