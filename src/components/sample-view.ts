import type { Comparison } from '../lib/comparison.ts';
import type { Failure, Stream } from '../sandbox/client.ts';

/** What a reader can ask of a sample besides running and editing it. */
export interface Wishes {
  stop: () => void;
  reset: () => void;
  /** Resolves to what the button says then. */
  link: () => Promise<string>;
  line: (line: number) => void;
}

type State = 'idle' | 'loading' | 'running' | 'done' | 'failed' | 'stopped';
type Tone = '' | 'ok' | 'warn' | 'bad';

const ICONS: Partial<Record<Tone, string>> = {
  ok: 'm3 8.5 3.2 3.2L13 5',
  warn: 'M3 6h10M3 10h10M10 3 6 13',
  bad: 'm4 4 8 8M12 4l-8 8',
};

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

/** A sample's figure, as its states show it. Knows nothing of how programs are run. */
export class SampleView {
  /** The line of the program that the page's code begins with. */
  readonly start: number;
  /** What the program printed when it was recorded. */
  readonly recorded: string;
  readonly #figure: HTMLElement;
  readonly #code: HTMLElement;
  readonly #status: HTMLElement;
  readonly #idleStatus: string;
  readonly #listing: HTMLElement;
  readonly #live = document.createElement('pre');
  readonly #rows = document.createElement('code');
  readonly #bar = document.createElement('div');
  readonly #announcer = document.createElement('span');
  #mount: HTMLElement | undefined;
  #clock = 0;

  constructor(figure: HTMLElement, wishes: Wishes) {
    this.#figure = figure;
    const part = (selector: string) => {
      const element = figure.querySelector<HTMLElement>(selector);
      if (!element) throw new Error(`The sample has no ${selector}.`);
      return element;
    };
    this.#code = part('.code');
    this.#status = part('.status');
    this.#listing = part('[data-recorded]');
    this.#idleStatus = this.#status.innerHTML;
    this.start = Number(figure.dataset['start']);
    this.recorded = this.#listing.textContent ?? '';

    // With the class that its component's styles go by.
    this.#live.className = this.#listing.className;
    for (const { name, value } of this.#listing.firstElementChild?.attributes ?? [])
      this.#rows.setAttribute(name, value);
    this.#live.tabIndex = 0;
    this.#live.setAttribute('role', 'log');
    this.#live.setAttribute('aria-label', 'Output');
    this.#live.append(this.#rows);
    this.#bar.innerHTML = '<i></i>';
    this.#announcer.className = 'announce';
    this.#announcer.setAttribute('role', 'status');
    figure.append(this.#announcer);

    part('[data-act="stop"]').addEventListener('click', wishes.stop);
    part('[data-act="reset"]').addEventListener('click', wishes.reset);
    const link = part('[data-act="link"]');
    link.addEventListener('click', () => {
      void wishes.link().then((said) => {
        const label = link.querySelector('.t');
        if (!label) return;
        label.textContent = said;
        setTimeout(() => (label.textContent = 'Copy link'), 2000);
      });
    });
    this.#status.addEventListener('click', (event) => {
      const line = event.target instanceof Element && event.target.closest<HTMLElement>('[data-line]')?.dataset['line'];
      if (!line) return;
      event.preventDefault();
      wishes.line(Number(line));
    });
  }

  loading(): void {
    this.#state('loading');
    for (const line of this.#figure.querySelectorAll('.l.hit')) line.classList.remove('hit');
    this.#live.remove();
    this.#rows.textContent = '';
    this.#listing.hidden = false;
    this.#listing.classList.add('stale');
    this.#show('Loading', '');
    this.#showBar(undefined);
    this.#announce('Loading');
  }

  progress(loaded: number, total: number): void {
    if (this.#figure.dataset['state'] !== 'loading') return;
    const whole = loaded >= total;
    this.#show(whole ? 'Starting' : 'Loading', whole ? '' : `${megabytes(loaded)} of ${megabytes(total)} MB`);
    this.#showBar(whole ? undefined : loaded / total);
  }

  phase(phase: 'postgres' | 'valkey' | 'running'): void {
    if (phase !== 'running') {
      const title = phase === 'postgres' ? 'Starting PostgreSQL' : 'Starting Valkey';
      this.#show(title, '');
      this.#showBar(undefined);
      this.#announce(title);
      return;
    }
    this.#state('running');
    const began = performance.now();
    const tick = () => this.#show('Running', seconds(performance.now() - began));
    tick();
    this.#showBar(undefined);
    this.#announce('Running');
    clearInterval(this.#clock);
    this.#clock = window.setInterval(tick, 100);
    this.#showLive();
  }

  print(chunks: [Stream, string][]): void {
    for (const [stream, text] of chunks) {
      for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) this.#append(line, stream === 'stderr' ? 'err' : '');
    }
  }

  done(comparison: Comparison, milliseconds: number): void {
    this.#state('done');
    this.#showLive();
    const { differing, rows } = comparison;
    if (differing === 0) {
      this.#finish('ok', 'Matches the recorded output', seconds(milliseconds));
      return;
    }
    const lines = differing === 1 ? '1 line' : `${differing} lines`;
    this.#finish('warn', `Differs from the recorded output in ${lines}`, seconds(milliseconds));
    const errors = [...this.#rows.querySelectorAll('.err')];
    this.#rows.textContent = '';
    for (const { kind, text } of rows) this.#append(`${text}\n`, kind === 'same' ? '' : kind);
    this.#rows.append(...errors);
  }

  failed(code: number, failure: Failure | undefined, milliseconds: number): void {
    this.#state('failed');
    this.#showLive();
    const text = failure?.text ?? '';
    for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) this.#append(line, 'err');
    if (failure?.line === undefined) {
      this.#finish('bad', failure ? 'Failed' : `Ended with exit code ${code}`, seconds(milliseconds));
      return;
    }
    this.#finish('bad', 'Failed at ', seconds(milliseconds));
    const link = document.createElement('a');
    link.href = '#';
    link.dataset['line'] = String(failure.line);
    link.textContent = `line ${failure.line}`;
    this.#status.querySelector('b')?.append(link);
    this.#lineAt(failure.line)?.classList.add('hit');
    this.#announce(`Failed at line ${failure.line}`);
  }

  stopped(by: 'reader' | 'limit', milliseconds: number): void {
    this.#state('stopped');
    this.#showLive();
    const after = `after ${seconds(milliseconds)}`;
    const title = by === 'reader' ? 'Stopped by you' : 'Stopped at the time limit';
    this.#finish('', title, '', `${after}; partial output below`);
  }

  /** The program could not be run at all, or the sandbox gave way. Run tries again. */
  broken(message: string): void {
    this.#state('failed');
    this.#finish('bad', message, '');
    const retry = document.createElement('button');
    retry.type = 'button';
    retry.className = 'btn line';
    retry.textContent = 'Retry';
    retry.addEventListener('click', () => this.#button('run').click());
    this.#status.append(retry);
    if (this.#rows.childElementCount === 0) {
      this.#live.remove();
      this.#listing.hidden = false;
    }
  }

  idle(): void {
    this.#state('idle');
    this.#clear();
    this.#live.remove();
    this.#listing.hidden = false;
    this.#listing.classList.remove('stale');
    this.#tone('');
    this.#status.innerHTML = this.#idleStatus;
    this.#mount?.remove();
    this.#mount = undefined;
    this.#code.hidden = false;
    this.#figure.classList.remove('editing');
    this.#button('reset').hidden = this.#button('link').hidden = true;
    this.#button('edit').hidden = false;
    this.#announce('Back to the original');
    this.#button('edit').focus();
  }

  /** Makes room for an editor in the place of the code. */
  editing(): HTMLElement {
    this.#mount = document.createElement('div');
    this.#mount.className = 'editor';
    this.#code.hidden = true;
    this.#code.after(this.#mount);
    this.#figure.classList.add('editing');
    this.#button('edit').hidden = true;
    this.#button('reset').hidden = this.#button('link').hidden = false;
    return this.#mount;
  }

  edited(changed: boolean): void {
    if (this.#figure.dataset['state'] !== 'idle') return;
    if (changed) this.#show('Edited', 'The output below belongs to the original');
    else this.#show('Editing', 'The whole program. Ctrl+Enter runs it, Escape and Tab leave it');
    this.#listing.classList.toggle('stale', changed);
  }

  fromLink(): void {
    const text = 'This program comes from a link. Read it before you run it';
    this.#show(text, '', 'warn');
    this.#announce(text);
  }

  say(text: string): void {
    this.#show(text, '', 'warn');
    this.#announce(text);
  }

  /** Brings a line of the page's code into view; false if the page does not show it. */
  reveal(line: number): boolean {
    const element = this.#code.hidden ? undefined : this.#lineAt(line);
    if (!element) return false;
    element.classList.add('hit');
    element.scrollIntoView({ block: 'center' });
    return true;
  }

  #lineAt(line: number): Element | null {
    return this.#code.querySelector(`.l[data-n="${line}"]`);
  }

  #button(act: string): HTMLElement {
    return this.#figure.querySelector<HTMLElement>(`[data-act="${act}"]`)!;
  }

  #state(state: State) {
    this.#figure.dataset['state'] = state;
    const busy = state === 'loading' || state === 'running';
    const [run, stop] = [this.#button('run'), this.#button('stop')];
    const focused = document.activeElement === (busy ? run : stop);
    run.hidden = busy;
    stop.hidden = !busy;
    if (focused) (busy ? stop : run).focus();
  }

  #showLive() {
    if (this.#live.isConnected) return;
    this.#listing.classList.remove('stale');
    this.#live.style.minHeight = `${Math.min(this.#listing.offsetHeight, 600)}px`;
    this.#listing.hidden = true;
    this.#listing.after(this.#live);
  }

  #append(text: string, kind: string) {
    const last = this.#rows.lastElementChild;
    if (last && !last.textContent?.endsWith('\n') && last.classList.contains('err') === (kind === 'err')) {
      last.textContent += text;
      return;
    }
    const row = document.createElement('span');
    row.className = kind ? `row ${kind}` : 'row';
    row.textContent = text;
    this.#rows.append(row);
  }

  #finish(tone: Tone, title: string, time: string, more = '') {
    this.#clear();
    this.#live.style.minHeight = '';
    this.#show(title, more, tone);
    if (time) {
      const meta = document.createElement('span');
      meta.className = 'meta';
      meta.textContent = time;
      this.#status.append(meta);
    }
    this.#announce(`${title}${time ? `, ${time}` : ''}`);
  }

  #clear() {
    clearInterval(this.#clock);
    this.#bar.remove();
    this.#listing.classList.remove('stale');
  }

  #show(title: string, more: string, tone: Tone = '') {
    this.#tone(tone);
    const bold = document.createElement('b');
    bold.textContent = title;
    const span = document.createElement('span');
    span.textContent = more;
    const path = ICONS[tone];
    this.#status.replaceChildren(...(path ? [iconOf(path)] : []), bold, ...(more ? [span] : []));
  }

  #tone(tone: Tone) {
    this.#status.classList.remove('ok', 'warn', 'bad');
    if (tone) this.#status.classList.add(tone);
  }

  #showBar(part: number | undefined) {
    this.#bar.className = part === undefined ? 'bar indet' : 'bar';
    this.#bar.setAttribute('role', 'progressbar');
    this.#bar.setAttribute('aria-label', this.#status.querySelector('b')?.textContent ?? 'Loading');
    if (part === undefined) {
      this.#bar.removeAttribute('aria-valuenow');
    } else {
      this.#bar.setAttribute('aria-valuenow', String(Math.round(part * 100)));
      (this.#bar.firstElementChild as HTMLElement).style.setProperty('--done', String(part));
    }
    if (!this.#bar.isConnected) this.#status.after(this.#bar);
  }

  #announce(text: string) {
    this.#announcer.textContent = text;
  }
}

function iconOf(path: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const attributes = { width: '16', height: '16', viewBox: '0 0 16 16', fill: 'none', stroke: 'currentColor' };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  svg.setAttribute('stroke-width', '1.5');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svg.namespaceURI, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
