import { activeList, ASIDE_PREFIX, dayOf, isTicked, listRecord, MAIN, takeOver, tick, V1_KEY } from '../lib/ticks.ts';
import { CHANGED, SHOWN, showTicks, ticks } from './reader-ticks.ts';

const ruleOf = (box: HTMLInputElement) => box.dataset['rule'] ?? '';

/** Keeps the boxes inside it in step with what the reader has ticked, here and in other tabs. */
class TickedRules extends HTMLElement {
  /** The list that the boxes show: a tick goes there, whatever another tab has opened meanwhile. */
  #list = MAIN;
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback() {
    takeOver(ticks);
    this.#show();
    this.addEventListener('change', ({ target }) => {
      if (!(target instanceof HTMLInputElement) || !ruleOf(target)) return;
      tick(ticks, this.#list, ruleOf(target), target.checked ? dayOf(new Date()) : null);
      showTicks();
    });
    // A click on the sentence is a click on its box, as with a label, unless the reader is selecting text.
    this.addEventListener('click', ({ target }) => {
      const sentence = target instanceof Element && target.closest('.sentence');
      if (!sentence || getSelection()?.toString()) return;
      this.querySelector<HTMLInputElement>(`[aria-labelledby="${sentence.id}"]`)?.click();
    });
    window.addEventListener('storage', ({ key, storageArea }) => {
      if (storageArea === sessionStorage || (key !== null && !key.startsWith('handbook:'))) return;
      ticks.forget(key);
      // A tab that was opened before an upgrade still writes the old form.
      if (key === V1_KEY) takeOver(ticks);
      // An import in another tab is hundreds of events.
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#show());
    });
    // A page that comes back from the browser's cache may be older than the store.
    window.addEventListener('pageshow', ({ persisted }) => persisted && this.#show());
    document.addEventListener(CHANGED, () => this.#show());
  }

  #show() {
    const list = (this.#list = activeList(ticks));
    const boxes = [...this.querySelectorAll<HTMLInputElement>('input[data-rule]')];
    for (const box of boxes) box.checked = isTicked(ticks, list, ruleOf(box));
    const count = this.querySelector('[data-count]');
    const name = listRecord(ticks, list)?.name;
    const done = boxes.filter(({ checked }) => checked).length;
    if (count) count.textContent = `${done} of ${boxes.length} ticked${name ? ` in “${name}”` : ''}`;
    this.#notice('unkept', !ticks.all);
    this.#notice('aside', ticks.keys(ASIDE_PREFIX).length > 0);
    document.dispatchEvent(new Event(SHOWN));
  }

  #notice(name: string, shown: boolean) {
    const notice = this.querySelector<HTMLElement>(`[data-notice="${name}"]`);
    if (notice) notice.hidden = !shown;
  }
}

customElements.define('hb-ticks', TickedRules);
