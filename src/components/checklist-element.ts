import { ASIDE_KEY, countOf, STORAGE_KEY, ticksFrom, withTick, none, type Ticks } from '../lib/ticks.ts';

/** The ticks of this page's visit, for when the browser keeps nothing. */
let unkept: Ticks = none();
let denied = false;

function load(): Ticks {
  if (denied) return unkept;
  try {
    return ticksFrom(localStorage.getItem(STORAGE_KEY)) ?? none();
  } catch {
    denied = true;
    return unkept;
  }
}

function store(ticks: Ticks) {
  unkept = ticks;
  if (denied) return;
  try {
    const before = localStorage.getItem(STORAGE_KEY);
    if (before && !ticksFrom(before)) localStorage.setItem(ASIDE_KEY, before);
    localStorage.setItem(STORAGE_KEY, JSON.stringify(ticks));
  } catch {
    denied = true;
  }
}

/** Today where the reader is: `2026-11-22`. */
const today = () => {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
};

/** Keeps the boxes inside it in step with what the reader has ticked, here and in other tabs. */
class TickedRules extends HTMLElement {
  connectedCallback() {
    this.#show();
    this.addEventListener('change', ({ target }) => {
      const id = target instanceof HTMLInputElement && target.dataset['rule'];
      if (!id) return;
      // Read anew before writing: another tab may have ticked meanwhile.
      store(withTick(load(), id, target.checked, today()));
      document.dispatchEvent(new Event('hb-ticks'));
    });
    // A click on the sentence is a click on its box, as with a label, unless the reader is selecting text.
    this.addEventListener('click', ({ target }) => {
      const sentence = target instanceof Element && target.closest('.sentence');
      if (!sentence || getSelection()?.toString()) return;
      this.querySelector<HTMLInputElement>(`[aria-labelledby="${sentence.id}"]`)?.click();
    });
    window.addEventListener('storage', ({ key }) => key === STORAGE_KEY && this.#show());
    // A page that comes back from the browser's cache may be older than the store.
    window.addEventListener('pageshow', () => this.#show());
    document.addEventListener('hb-ticks', () => this.#show());
  }

  #show() {
    const ticks = load();
    const boxes = [...this.querySelectorAll<HTMLInputElement>('input[data-rule]')];
    for (const box of boxes) box.checked = (box.dataset['rule'] ?? '') in ticks.ticked;
    const count = this.querySelector('[data-count]');
    const ids = boxes.map((box) => box.dataset['rule'] ?? '');
    if (count) count.textContent = `${countOf(ticks, ids)} of ${ids.length} ticked`;
    const notice = this.querySelector<HTMLElement>('.storage');
    if (notice) notice.hidden = !denied;
  }
}

customElements.define('hb-ticks', TickedRules);
