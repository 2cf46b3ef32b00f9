import { recentOf, withRecent } from '../../lib/recent.ts';
import type { Kind } from '../../lib/search.ts';
import { linkTo } from '../../lib/url.ts';
import { SearchEngine, type Answer, type Filter } from './search-engine.ts';
import { faultHtml, missHtml, noteHtml, recentHtml, rowHtml, statusOf, type Ways } from './search-view.ts';

/** Milliseconds without a key until the texts are searched. */
const PAUSE = 120;
const STORED = 'handbook-searches';

/** The dialog: asks while a reader types, and moves through the rows by keyboard. */
export class SearchDialog {
  readonly #dialog: HTMLDialogElement;
  readonly #input: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #note: HTMLElement;
  readonly #void: HTMLElement;
  readonly #status: HTMLOutputElement;
  readonly #summary: HTMLElement;
  readonly #filters: HTMLSelectElement[];
  readonly #ways: Ways;
  readonly #engine: SearchEngine;
  /** Counts what was asked: an answer to something earlier is not shown. */
  #turn = 0;

  constructor(host: HTMLElement) {
    const part = <T extends HTMLElement>(selector: string) => host.querySelector(selector) as T;
    const { base = '/', codes = '' } = host.dataset;
    this.#dialog = part('dialog');
    this.#input = part('input');
    this.#list = part('.rows');
    this.#note = part('.note');
    this.#void = part('.void');
    this.#status = part('output');
    this.#summary = part('summary');
    this.#filters = [...host.querySelectorAll('select')];
    this.#ways = { codes, chapters: linkTo('', base) };
    this.#engine = new SearchEngine(base);
    void this.#engine.prepare();
    this.#input.addEventListener('input', () => void this.#search());
    this.#input.addEventListener('keydown', (event) => this.#move(event));
    for (const filter of this.#filters) filter.addEventListener('change', () => this.#ask(this.#input.value));
    this.#dialog.addEventListener('click', (event) => this.#click(event));
  }

  /** Shows the dialog, with `words` typed in if there are any. */
  open(words?: string) {
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#input.focus();
    if (words !== undefined) return this.#ask(words);
    this.#input.select();
    if (!this.#input.value) this.#clear();
  }

  #ask(words: string) {
    this.#input.value = words;
    this.#input.focus();
    void this.#search();
  }

  #click({ target }: MouseEvent) {
    // A click beside the dialog lands on the dialog itself.
    if (target === this.#dialog) return this.#dialog.close();
    if (!(target instanceof Element)) return;
    const { dataset } = target.closest<HTMLElement>('[data-ask], [data-retry], [data-unfilter], [data-clear]') ?? {};
    if (dataset?.['ask']) return this.#ask(dataset['ask']);
    if (dataset && 'clear' in dataset) this.#remember([]);
    if (dataset && 'unfilter' in dataset) for (const filter of this.#filters) filter.value = '';
    if (dataset) return this.#ask(this.#input.value);
    if (!target.closest('.rows a, .void a, .note a')) return;
    if (target.closest('.rows')) this.#remember(withRecent(this.#recent, this.#input.value.trim()));
    this.#dialog.close(); // The link may lead to this very page.
  }

  get #filter(): Filter {
    const [chapter, kind] = this.#filters.map(({ value }) => value || undefined);
    return { chapter, kind: kind as Kind | undefined };
  }

  async #search() {
    const { chapter, kind } = this.#filter;
    this.#summary.textContent = ['Filter', chapter, kind && `${kind}s`].filter(Boolean).join(' · ');
    const turn = ++this.#turn;
    const words = this.#input.value.trim();
    if (!words) return this.#clear();
    this.#list.ariaBusy = 'true';
    const stillAsked = async () => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      return turn === this.#turn;
    };
    for await (const answer of this.#engine.answers(words, this.#filter, stillAsked)) {
      if (turn !== this.#turn) return;
      await this.#show(answer, words, turn);
    }
  }

  async #show(answer: Answer, words: string, turn: number) {
    const { rows, state } = answer;
    const missed = rows.length === 0 && state === 'complete';
    const near = missed ? await this.#engine.suggestions(words) : [];
    if (turn !== this.#turn) return;
    const chosen =
      this.#chosen > 0 && this.#list.dataset['words'] === words ? this.#rows[this.#chosen]?.href : undefined;
    this.#list.innerHTML = rows.map(rowHtml).join('');
    this.#note.innerHTML = noteHtml(answer, this.#ways);
    const { chapter, kind } = this.#filter;
    if (missed) this.#void.innerHTML = missHtml(words, near, Boolean(chapter ?? kind), this.#ways);
    if (rows.length === 0 && state === 'faulty') this.#void.innerHTML = faultHtml(this.#ways);
    this.#settle(words, rows.length, state !== 'outline');
    this.#status.textContent = statusOf(answer);
    // What a reader has moved to stays chosen when the texts have answered too.
    const again = this.#rows.findIndex(({ href }) => href === chosen);
    this.#select(Math.max(again, rows.length > 0 ? 0 : -1));
    if (again === -1) this.#list.scrollTop = 0;
  }

  /** What the list answers and whether more will come: rows may be of words that the reader has typed on from. */
  #settle(words: string, count: number, all: boolean) {
    this.#list.dataset['words'] = words;
    this.#list.ariaBusy = String(!all);
    this.#list.hidden = count === 0;
    this.#void.hidden = count > 0 || this.#void.innerHTML === '';
    this.#input.ariaExpanded = String(count > 0);
  }

  #clear() {
    this.#turn++;
    this.#list.innerHTML = '';
    this.#note.innerHTML = '';
    this.#status.textContent = '';
    this.#void.innerHTML = recentHtml(this.#recent);
    this.#select(-1);
    this.#settle('', 0, true);
  }

  /** Storage may be full or forbidden: then nothing is remembered. */
  get #recent(): string[] {
    try {
      return recentOf(localStorage.getItem(STORED));
    } catch {
      return [];
    }
  }

  #remember(recent: string[]) {
    try {
      localStorage.setItem(STORED, JSON.stringify(recent));
    } catch {
      // As above.
    }
    if (recent.length === 0) this.#clear();
  }

  get #rows() {
    return [...this.#list.querySelectorAll('a')];
  }

  get #chosen() {
    return this.#rows.findIndex((row) => row.getAttribute('aria-selected') === 'true');
  }

  #select(index: number) {
    const rows = this.#rows;
    rows.forEach((row, at) => row.setAttribute('aria-selected', String(at === index)));
    const row = rows[index];
    if (row) this.#input.setAttribute('aria-activedescendant', row.id);
    else this.#input.removeAttribute('aria-activedescendant');
    row?.scrollIntoView({ block: 'nearest' });
  }

  #move(event: KeyboardEvent) {
    const rows = this.#rows;
    if (event.key === 'Enter') {
      event.preventDefault(); // Or the form would close the dialog.
      return rows[this.#chosen]?.click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || rows.length === 0) return;
    event.preventDefault();
    this.#select((this.#chosen + step + rows.length) % rows.length);
  }
}
