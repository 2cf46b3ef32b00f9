import { ASIDE_PREFIX } from '../lib/ticks.ts';
import { showTicks, ticks } from './reader-ticks.ts';
import { saveFile } from './save-file.ts';

/** Saves or discards what was put aside. */
class SetAside extends HTMLElement {
  connectedCallback() {
    this.querySelector('[data-save]')?.addEventListener('click', () => {
      const values = ticks.keys(ASIDE_PREFIX).map((key) => [key.slice(ASIDE_PREFIX.length), ticks.read(key)]);
      saveFile('ticks-not-read.json', 'application/json', `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`);
    });
    this.querySelector('[data-discard]')?.addEventListener('click', () => {
      for (const key of ticks.keys(ASIDE_PREFIX)) ticks.write(key, null);
      showTicks();
      document.querySelector<HTMLElement>('hb-lists select')?.focus();
    });
  }
}

customElements.define('hb-set-aside', SetAside);
