import { fitting } from '../lib/errors.ts';
import { counted } from '../lib/text.ts';

/** Hides the rows of a table that do not fit what is typed, and keeps that in the address as `?code=`. */
class ErrorFilter extends HTMLElement {
  #form!: HTMLFormElement;
  #input!: HTMLInputElement;
  #rows: { row: HTMLTableRowElement; code: string; from: string; text: string }[] = [];

  connectedCallback() {
    this.#form = this.querySelector('form')!;
    this.#input = this.querySelector('input')!;
    this.#rows = [...this.querySelectorAll<HTMLTableRowElement>('tr[data-code]')].map((row) => ({
      row,
      code: row.dataset['code'] ?? '',
      from: row.dataset['from'] ?? '',
      // By cell, or the end of one and the begin of the next would make a word.
      text: [...row.cells].map((cell) => cell.textContent.trim()).join(' '),
    }));
    this.#form.hidden = false;
    this.#input.value = new URLSearchParams(location.search).get('code') ?? '';
    this.#show();

    this.#input.addEventListener('input', () => {
      this.#keep();
      this.#show();
    });
    this.#input.addEventListener('keydown', (event) => this.#clear(event));
    this.#form.addEventListener('submit', (event) => this.#enter(event));
    this.#form.addEventListener('click', ({ target }) => {
      if (target instanceof HTMLButtonElement) this.#press(target);
    });
    // A link to a code shows it, whatever was typed before.
    window.addEventListener('hashchange', () => this.#showTarget());
    this.#showTarget();
  }

  #show() {
    const typed = this.#input.value.trim();
    const from = this.querySelector<HTMLButtonElement>('[aria-pressed=true]')?.value ?? '';
    const fits = fitting(this.#rows, typed);
    const codes = new Set<string>();
    for (const [index, { row, code, from: own }] of this.#rows.entries()) {
      row.hidden = !fits[index] || (from !== '' && own !== from);
      if (!row.hidden) codes.add(code);
    }
    const all = counted(new Set(this.#rows.map(({ code }) => code)).size, 'code');
    this.querySelector('output')!.textContent = typed || from ? `${codes.size} of ${all}` : all;
    this.querySelector('table')!.hidden = codes.size === 0;
    this.#showVoid(codes.size > 0 ? undefined : { typed, from });
  }

  /** Says that nothing fits, and hands what was typed to the search. */
  #showVoid(asked: { typed: string; from: string } | undefined) {
    const notice = this.querySelector<HTMLElement>('.void')!;
    notice.hidden = asked === undefined;
    if (asked === undefined) return;
    const { typed, from } = asked;
    notice.querySelector('b')!.textContent = from ? `${typed} under ${from}` : typed;
    const search = notice.querySelector('a')!;
    search.dataset['search'] = typed;
    search.href = `${this.dataset['home']}?q=${encodeURIComponent(typed)}`;
  }

  #keep() {
    const url = new URL(location.href);
    const typed = this.#input.value.trim();
    if (typed) url.searchParams.set('code', typed);
    else url.searchParams.delete('code');
    // What was linked to may be hidden now.
    url.hash = '';
    history.replaceState(history.state, '', url);
  }

  /** Escape empties the field in every browser, not in those alone that do so by themselves. */
  #clear(event: KeyboardEvent) {
    if (event.key !== 'Escape' || this.#input.value === '') return;
    event.preventDefault();
    this.#input.value = '';
    this.#keep();
    this.#show();
  }

  /** Enter goes on to the first row that is left, or to the search. */
  #enter(event: SubmitEvent) {
    event.preventDefault();
    const first = this.#rows.find(({ row }) => !row.hidden)?.row;
    (first ?? this.querySelector('.void'))?.querySelector<HTMLAnchorElement>(first ? '.topic a' : 'a')?.focus();
  }

  #press(button: HTMLButtonElement) {
    for (const other of this.#form.querySelectorAll('button'))
      other.setAttribute('aria-pressed', String(other === button));
    this.#show();
  }

  #showTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !this.contains(target) || !target.closest<HTMLElement>('tr')?.hidden) return;
    this.#input.value = '';
    this.#press(this.#form.querySelector('button')!);
    target.scrollIntoView();
  }
}

customElements.define('hb-error-filter', ErrorFilter);
