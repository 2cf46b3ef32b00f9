import { filterFrom, fits, queryOf, type RuleFilter } from '../lib/rule-filter.ts';
import { activeList } from '../lib/ticks.ts';
import { SHOWN, ticks } from './reader-ticks.ts';
import { filteredOf, ruleRows, shownName } from './shown-rules.ts';

/** Hides the rules that the form leaves out, says how many there are, and keeps the address in step. */
class FilteredRules extends HTMLElement {
  #form = this.querySelector('form')!;
  #rows = ruleRows();
  #list = activeList(ticks);

  connectedCallback() {
    this.#fill(this.#read(new URLSearchParams(location.search)));
    this.#apply();
    this.#form.addEventListener('change', () => this.#choose());
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    for (const button of document.querySelectorAll('[data-clear]')) {
      button.addEventListener('click', () => {
        this.#fill(this.#read(new URLSearchParams()));
        this.#choose();
        this.#form.querySelector('select')?.focus();
      });
    }
    window.addEventListener('popstate', () => {
      this.#fill(this.#read(new URLSearchParams(location.search)));
      this.#apply();
    });
    // A tick does not take its row from under the reader's hand; another list is looked at afresh.
    document.addEventListener(SHOWN, () => {
      if (this.#list === activeList(ticks)) return this.#say();
      this.#list = activeList(ticks);
      this.#apply();
    });
  }

  #read(query: URLSearchParams): RuleFilter {
    const words = (name: string) =>
      [...this.#form.querySelectorAll<HTMLOptionElement>(`[name=${name}] option`)].map(({ value }) => value);
    return filterFrom(query, { chapters: words('chapter'), standards: words('standard') });
  }

  #fill({ levels, ...words }: RuleFilter) {
    for (const select of this.#form.querySelectorAll('select')) {
      select.value = words[select.name as 'task' | 'chapter' | 'standard'];
    }
    for (const input of this.#form.querySelectorAll('input')) {
      input.checked = input.type === 'radio' ? input.value === words.show : levels.includes(input.value);
    }
  }

  #filter(): RuleFilter {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form)) query.append(name, value as string);
    return this.#read(query);
  }

  #choose() {
    history.replaceState(null, '', location.pathname + queryOf(this.#filter()) + location.hash);
    this.#apply();
  }

  #apply() {
    const filter = this.#filter();
    for (const row of this.#rows) row.hidden = !fits(filteredOf(row), filter);
    for (const part of document.querySelectorAll<HTMLElement>('[data-topic], section[data-chapter]')) {
      part.hidden = !part.querySelector('li.rule:not([hidden])');
    }
    for (const element of document.querySelectorAll<HTMLElement>('[data-none]')) {
      element.hidden = this.#rows.some((row) => !row.hidden);
    }
    this.querySelector<HTMLElement>('[data-clear]')!.hidden = queryOf(filter) === '';
    this.#say();
  }

  #say() {
    const shown = this.#rows.filter((row) => !row.hidden);
    const ticked = shown.filter((row) => filteredOf(row).ticked).length;
    const of = shown.length < this.#rows.length ? ` of ${this.#rows.length}` : '';
    const text = `${shown.length}${of} ${shown.length === 1 && !of ? 'rule' : 'rules'} in “${shownName()}”, ${ticked} ticked.`;
    const status = this.querySelector('[data-shown]')!;
    if (status.textContent !== text) status.textContent = text;
  }
}

customElements.define('hb-rule-filter', FilteredRules);
