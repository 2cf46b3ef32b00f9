import { SHOWN } from './reader-ticks.ts';
import { filteredOf, ruleRows } from './shown-rules.ts';

/** Counts the ticked rules of the shown list, whatever the filter hides. */
class Progress extends HTMLElement {
  #rows = ruleRows();

  connectedCallback() {
    this.#show();
    document.addEventListener(SHOWN, () => this.#show());
  }

  #show() {
    const rules = this.#rows.map(filteredOf);
    for (const line of this.querySelectorAll<HTMLElement>('[data-of]')) {
      const chapter = line.dataset['of'];
      const own = chapter ? rules.filter((rule) => rule.chapter === chapter) : rules;
      const done = own.filter(({ ticked }) => ticked).length;
      line.querySelector('.done')!.textContent = `${done} of ${own.length}`;
      line.style.setProperty('--part', `${(done / own.length) * 100}%`);
    }
  }
}

customElements.define('hb-progress', Progress);
