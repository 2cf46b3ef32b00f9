import { merged, phraseFirst, wordsIn, type Hit } from '../../lib/query.ts';
import { rowsOf, type Found, type Row } from '../../lib/search.ts';
import { escaped } from '../../lib/text.ts';
import { linkTo } from '../../lib/url.ts';

interface Result extends Hit {
  data(): Promise<Found>;
}

/** The part of Pagefind's interface that is used here. */
interface Pagefind {
  init(): Promise<void>;
  options(options: object): Promise<void>;
  debouncedSearch(words: string, options: object, milliseconds: number): Promise<{ results: Result[] } | null>;
  search(words: string): Promise<{ results: Result[] }>;
}

/** Pages looked at for one list of rows. */
const PAGES = 8;

/** The dialog: asks Pagefind while a reader types, and moves through the rows by keyboard. */
export class SearchDialog {
  readonly #host: HTMLElement;
  readonly #dialog: HTMLDialogElement;
  readonly #input: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #void: HTMLElement;
  readonly #status: HTMLOutputElement;
  #pagefind: Promise<Pagefind> | undefined;

  constructor(host: HTMLElement) {
    const part = <T extends HTMLElement>(selector: string) => host.querySelector(selector) as T;
    this.#host = host;
    this.#dialog = part('dialog');
    this.#input = part('input');
    this.#list = part('.rows');
    this.#void = part('.void');
    this.#status = part('output');
    this.#input.addEventListener('input', () => void this.#search());
    this.#input.addEventListener('keydown', (event) => this.#move(event));
    this.#dialog.addEventListener('click', ({ target }) => {
      // A click beside the dialog lands on the dialog itself; one on a row may lead to this very page.
      if (target === this.#dialog || (target instanceof Element && target.closest('.rows a, .void a')))
        this.#dialog.close();
    });
  }

  /** Shows the dialog, with `words` typed in if there are any. */
  open(words?: string) {
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#input.focus();
    if (words === undefined) return this.#input.select();
    this.#input.value = words;
    void this.#search();
  }

  async #search() {
    const words = this.#input.value.trim();
    if (!words) return this.#show([], '');
    try {
      const pagefind = await (this.#pagefind ??= this.#load());
      const search = await pagefind.debouncedSearch(wordsIn(words).join(' '), {}, 120);
      if (!search) return; // The reader typed on: a later search answers.
      const results = await withFewerWords(pagefind, words, search.results);
      const found = await Promise.all(results.slice(0, PAGES).map((result) => result.data()));
      if (words === this.#input.value.trim()) this.#show(rowsOf(phraseFirst(found, words), words), words);
    } catch {
      this.#pagefind = undefined;
      this.#fail();
    }
  }

  async #load(): Promise<Pagefind> {
    const base = this.#host.dataset['base'] ?? '/';
    const pagefind = (await import(/* @vite-ignore */ linkTo('pagefind/pagefind.js', base))) as Pagefind;
    // Long pages are not better pages, and a word that fills a page does not make it the answer.
    await pagefind.options({ baseUrl: base, ranking: { pageLength: 0.1, termFrequency: 0.4, termSaturation: 1.2 } });
    await pagefind.init();
    return pagefind;
  }

  #show(rows: Row[], words: string) {
    this.#list.innerHTML = rows.map(rowHtml).join('');
    this.#select(rows.length > 0 ? 0 : -1);
    this.#list.scrollTop = 0;
    // What the rows answer: they may be of words that the reader has typed on from.
    this.#list.dataset['words'] = words;
    this.#input.setAttribute('aria-expanded', String(rows.length > 0));
    this.#void.hidden = rows.length > 0 || words === '';
    this.#status.textContent = words === '' ? '' : `${rows.length} result${rows.length === 1 ? '' : 's'}`;
    if (!this.#void.hidden) {
      const codes = escaped(this.#host.dataset['codes'] ?? '');
      this.#void.innerHTML = `<h2>Nothing for “${escaped(words)}”</h2>
        <p>Try fewer words, or the code alone. Every code in the handbook is in the <a href="${codes}">error-code index</a>.</p>`;
    }
  }

  #fail() {
    this.#list.innerHTML = '';
    this.#status.textContent = '';
    this.#void.hidden = false;
    this.#void.innerHTML = `<h2>The search index did not load</h2>
      <p>Your words are kept. The chapters in the sidebar work without it.</p>
      <button type="button" class="btn solid">Retry</button>`;
    this.#void.querySelector('button')?.addEventListener('click', () => void this.#search());
  }

  get #rows() {
    return [...this.#list.querySelectorAll('a')];
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
    const now = rows.findIndex((row) => row.getAttribute('aria-selected') === 'true');
    if (event.key === 'Enter') {
      event.preventDefault(); // Or the form would close the dialog.
      return rows[now]?.click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || rows.length === 0) return;
    event.preventDefault();
    this.#select((now + step + rows.length) % rows.length);
  }
}

/** Pagefind finds pages that hold every word. A question has some that no page holds: then most of its words are enough. */
async function withFewerWords(pagefind: Pagefind, query: string, all: Result[]): Promise<Result[]> {
  const words = wordsIn(query);
  if (words.length < 2 && all.length > 0) return all;
  const searches = await Promise.all(words.map(async (word) => (await pagefind.search(word)).results));
  const wider = merged(searches);
  const whole = new Set(all.map(({ id }) => id));
  // Pages that hold the query as it was typed keep their order among themselves, and come before the others.
  return [...all, ...wider.filter(({ id }) => !whole.has(id))];
}

function rowHtml({ kind, title, code, url, crumb, excerpt }: Row, index: number): string {
  return `<a role="option" id="hb-row-${index}" href="${escaped(url)}" tabindex="-1" aria-selected="false">
    <span class="kind">${kind}</span>
    <span><b${code ? ' class="code"' : ''}>${escaped(title)}</b><span class="crumb">${escaped(crumb)}</span>
    <span class="excerpt">${excerpt}</span></span></a>`;
}
