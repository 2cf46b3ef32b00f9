import { SHOWN } from './reader-ticks.ts';
import { filteredOf, ruleRows } from './shown-rules.ts';

/** Counts the ticked rules of the shown list, here and at the chapters, whatever the filter hides. */
class Progress extends HTMLElement {
  #rows = ruleRows();

  connectedCallback() {
    this.#show();
    document.addEventListener(SHOWN, () => this.#show());
  }

  #show() {
    const rules = this.#rows.map(filteredOf);
    for (const line of document.querySelectorAll<HTMLElement>('[data-done]')) {
      const chapter = line.dataset['done'];
      const own = chapter ? rules.filter((rule) => rule.chapter === chapter) : rules;
      const done = own.filter(({ ticked }) => ticked).length;
      if (line.ariaHidden) line.style.setProperty('--part', `${(done / own.length) * 100}%`);
      else line.textContent = `${done} of ${own.length}`;
    }
  }
}

customElements.define('hb-progress', Progress);
