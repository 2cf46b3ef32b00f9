/** The page's side of the sandbox, and the only way in: runs programs, and says what becomes of them. */
import { Files } from './files.ts';
import { FrameHost, type Workers } from './frame-host.ts';
import { Host, type Loader, type Run, type Wants, type Watcher } from './host.ts';
import { siblingOf, specifiersOf } from './imports.ts';
import { servicesFor, type Failure, type Program, type Stream } from './protocol.ts';

export type { Outcome, Run, Watcher } from './host.ts';
export type { Failure, Program, Stream };

/** A worker that is ready for a program, and what it is ready for. */
interface Warm {
  key: string;
  host: Host;
}

/** Runs programs for one page. */
export class Sandbox {
  readonly #files: Loader;
  readonly #workers: Workers;
  #warm: Warm | undefined;

  constructor(files: Loader, workers: Workers) {
    this.#files = files;
    this.#workers = workers;
  }

  /** Begins to load what every run needs: called while the program itself is fetched. */
  open(): void {
    this.#files.manifest().catch(() => {}); // The run hears of it.
    this.#workers.open();
  }

  /** Runs a program. Every run ends in exactly one call of `watcher.end`. */
  run(program: Program, watcher: Watcher): Run {
    const wants = wantsOf(program);
    const host = this.#takeWarm(wants) ?? new Host(this.#files, this.#workers, wants);
    return host.run(program, watcher);
  }

  /** Starts the servers and loads the packages that `program` will want, so that its run begins sooner. */
  warm(program: Program): void {
    const wants = wantsOf(program);
    const key = keyOf(wants);
    if (this.#warm && !this.#warm.host.over && (this.#warm.key === key || this.#warm.host.busy)) return;
    this.#warm?.host.drop();
    const host = new Host(this.#files, this.#workers, wants);
    this.#warm = { key, host };
    host.warm();
  }

  /** The worker that waits, if it has what is wanted and nothing has happened to it. */
  #takeWarm(wants: Wants): Host | undefined {
    if (this.#warm?.key !== keyOf(wants)) return undefined;
    const { host } = this.#warm;
    this.#warm = undefined;
    return host.over ? undefined : host;
  }
}

/** Opens the sandbox whose bundle lies at `base`, an address with a slash at its end. */
export function openSandbox(base: string): Sandbox {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  const url = new URL(base, location.href).href;
  const files = new Files(url, {
    fetch: (address, init) => fetch(address, init),
    digest: subtle && ((bytes) => subtle.digest('SHA-256', bytes)),
    patience: 15_000,
  });
  return new Sandbox(files, new FrameHost(`${url}frame.html`));
}

/** What a worker must have been made ready with: a package that the program does not import could change how it runs. */
const keyOf = ({ specifiers, services }: Wants) => JSON.stringify([specifiers.toSorted(), services]);

function wantsOf({ sources }: Program): Wants {
  const specifiers = [...new Set(Object.values(sources).flatMap(specifiersOf))].filter((name) => !siblingOf(name));
  return { specifiers, services: servicesFor(specifiers) };
}
