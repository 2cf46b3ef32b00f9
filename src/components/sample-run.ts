import { comparisonOf } from '../lib/comparison.ts';
import { codeIn, fragmentOf } from '../lib/shared-code.ts';
import {
  openSandbox,
  type Failure,
  type Outcome,
  type Program,
  type Run,
  type Sandbox,
  type Stream,
} from '../sandbox/client.ts';
import type { Editor } from './sample-editor.ts';
import { SampleView } from './sample-view.ts';

let sandbox: Sandbox | undefined;

/** A sample that can be run and edited: the figure on the page, its text, and the run that goes on. */
export class SampleRun {
  readonly #view: SampleView;
  readonly #file: string;
  readonly #source: string;
  #sources: Promise<Record<string, string>> | undefined;
  #editor: Editor | undefined;
  #opening: Promise<void> | undefined;
  #current: Run | undefined;
  #printed = '';

  constructor(figure: HTMLElement) {
    this.#file = figure.dataset['sample'] ?? '';
    this.#source = figure.dataset['source'] ?? '';
    this.#view = new SampleView(figure, {
      stop: () => this.#current?.stop(),
      reset: () => void this.#reset(),
      link: () => this.#copyLink(),
      line: (line) => this.#showLine(line),
    });
    sandbox ??= openSandbox(figure.dataset['sandbox'] ?? '/_sandbox/');
  }

  get #entry(): string {
    return this.#file.slice(this.#file.indexOf('/') + 1);
  }

  /** Runs the program as it stands in the editor, or as it was published. Does nothing while it runs already. */
  async run(): Promise<void> {
    if (this.#current) return;
    const begun = { stopped: false };
    this.#current = { stop: () => (begun.stopped = true) };
    this.#printed = '';
    this.#view.loading();
    sandbox?.open();
    const program = await this.#program().catch((error: Error) => {
      this.#current = undefined;
      this.#view.broken(error.message);
    });
    if (!program) return;
    if (begun.stopped) {
      this.#end({ kind: 'stopped', by: 'reader', milliseconds: 0 });
      return;
    }
    this.#current = sandbox?.run(program, {
      loading: (loaded, total) => this.#view.progress(loaded, total),
      phase: (phase) => this.#view.phase(phase),
      output: (chunks) => this.#print(chunks),
      end: (outcome) => this.#end(outcome),
    });
  }

  /** Makes the next run begin sooner. */
  warm(): void {
    if (this.#current) return;
    void this.#program().then(
      (program) => sandbox?.warm(program),
      () => {},
    );
  }

  /** Turns the code into an editor that holds the whole program. */
  edit(): Promise<void> {
    this.#opening ??= this.#open().catch((error: Error) => {
      this.#opening = undefined;
      this.#view.broken(error.message);
    });
    return this.#opening;
  }

  /** Shows the program of a link, and says that it is one. It is not run. */
  async openLink(fragment: string): Promise<void> {
    const code = await codeIn(fragment).catch(() => undefined);
    await this.edit();
    if (code === undefined) {
      this.#view.say('The program in this link is damaged. Here is the original.');
      return;
    }
    this.#editor?.replace(code);
    this.#view.fromLink();
  }

  async #open(): Promise<void> {
    const [{ Editor }, sources] = await Promise.all([import('./sample-editor.ts'), this.#texts()]);
    const original = sources[this.#entry] ?? '';
    const kept = storedEdit(this.#file);
    const mount = this.#view.editing();
    this.#editor = new Editor(mount, {
      text: kept ?? original,
      label: `Program ${this.#file}`,
      line: this.#view.start,
      run: () => void this.run(),
      change: (text) => {
        keepEdit(this.#file, text === original ? undefined : text);
        this.#view.edited(text !== original);
      },
    });
    this.#view.edited(kept !== undefined && kept !== original);
    this.#editor.focus();
  }

  async #reset(): Promise<void> {
    const sources = await this.#texts();
    this.#editor?.replace(sources[this.#entry] ?? '');
    keepEdit(this.#file, undefined);
    this.#editor?.close();
    this.#editor = this.#opening = undefined;
    this.#view.idle();
  }

  async #copyLink(): Promise<string> {
    try {
      const fragment = await fragmentOf(this.#file, this.#editor?.text ?? (await this.#texts())[this.#entry] ?? '');
      await navigator.clipboard.writeText(location.href.replace(/#.*$/, '') + fragment);
      return 'Copied';
    } catch (error) {
      return (error as Error).message.startsWith('The program') ? 'Too long' : 'Not copied';
    }
  }

  async #program(): Promise<Program> {
    const published = await this.#texts();
    const text = this.#editor?.text ?? published[this.#entry] ?? '';
    return { entry: this.#entry, sources: { ...published, [this.#entry]: text } };
  }

  /** The program and the modules of its folder that it imports, by file name. */
  #texts(): Promise<Record<string, string>> {
    this.#sources ??= textsFrom(this.#source, this.#entry).catch((error: unknown) => {
      this.#sources = undefined;
      throw error;
    });
    return this.#sources;
  }

  #print(chunks: [Stream, string][]) {
    for (const [stream, text] of chunks) if (stream === 'stdout') this.#printed += text;
    this.#view.print(chunks);
  }

  #end(outcome: Outcome) {
    this.#current = undefined;
    if (outcome.kind === 'broken') return this.#view.broken(outcome.message);
    if (outcome.kind === 'stopped') return this.#view.stopped(outcome.by, outcome.milliseconds);
    const { code, failure, milliseconds } = outcome;
    if (code !== 0 || failure) return this.#fail(code, failure, milliseconds);
    this.#view.done(comparisonOf(this.#view.recorded, this.#printed), milliseconds);
  }

  #fail(code: number, failure: Failure | undefined, milliseconds: number) {
    this.#view.failed(code, failure, milliseconds);
    if (failure?.line !== undefined) this.#editor?.mark(failure.line);
  }

  async #showLine(line: number): Promise<void> {
    if (this.#view.reveal(line)) return;
    await this.edit();
    this.#editor?.mark(line);
    this.#editor?.focus();
  }
}

const SIBLING = /'\.\/([\w.-]+\.ts)'/g;

async function textsFrom(address: string, entry: string): Promise<Record<string, string>> {
  const folder = address.slice(0, address.lastIndexOf('/') + 1);
  const texts: Record<string, string> = {};
  const load = async (name: string): Promise<void> => {
    if (name in texts) return;
    texts[name] = '';
    const response = await fetch(folder + name).catch(() => undefined);
    if (!response?.ok) throw new Error('The program could not be loaded. Check your connection, then try again.');
    texts[name] = await response.text();
    await Promise.all([...texts[name].matchAll(SIBLING)].map(([, other = '']) => load(other)));
  };
  await load(entry);
  return texts;
}

const keyOf = (file: string) => `handbook:edit:${file}`;

function storedEdit(file: string): string | undefined {
  try {
    return sessionStorage.getItem(keyOf(file)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an edit for as long as the tab lives. Where nothing can be kept, it lives as long as the page. */
function keepEdit(file: string, text: string | undefined): void {
  try {
    if (text === undefined) sessionStorage.removeItem(keyOf(file));
    else sessionStorage.setItem(keyOf(file), text);
  } catch {
    // Storage is denied or full.
  }
}
