import { WASI as Shim } from '@bjorn3/browser_wasi_shim';

/** `node:wasi` for Valkey, which wants a clock, random bytes and nothing else. */
export class WASI {
  readonly #shim: Shim;
  readonly wasiImport: Record<string, unknown>;
  constructor(options: { args?: string[] }) {
    this.#shim = new Shim(options.args ?? [], [], [], { debug: false });
    this.wasiImport = this.#shim.wasiImport;
  }
  initialize(instance: Parameters<Shim['initialize']>[0]) {
    this.#shim.initialize(instance);
  }
}
