import { csvOf, fileName, markdownOf } from '../lib/checklist-text.ts';
import { listsIn } from '../lib/lists.ts';
import { counted } from '../lib/text.ts';
import { fileText } from '../lib/ticks-file.ts';
import { activeList, dayOf } from '../lib/ticks.ts';
import { ticks } from './reader-ticks.ts';
import { saveFile } from './save-file.ts';
import { ruleRows, shownName, takenOf } from './shown-rules.ts';

const FORMATS: Record<string, { ending: string; type: string; title: string }> = {
  markdown: { ending: 'md', type: 'text/markdown', title: 'Markdown' },
  csv: { ending: 'csv', type: 'text/csv', title: 'CSV' },
  json: { ending: 'json', type: 'application/json', title: 'JSON' },
};

/** Copies and downloads what the page shows, and prints it. */
class TakeAway extends HTMLElement {
  connectedCallback() {
    for (const button of this.querySelectorAll<HTMLElement>('[data-copy]')) {
      button.addEventListener('click', () => void this.#copy(button.dataset['copy'] ?? ''));
    }
    for (const button of this.querySelectorAll<HTMLElement>('[data-download]')) {
      button.addEventListener('click', () => this.#download(button.dataset['download'] ?? ''));
    }
    const opener = document.querySelector(`[aria-controls="${this.id}"]`);
    opener?.addEventListener('click', () => {
      this.hidden = !this.hidden;
      opener.setAttribute('aria-expanded', String(!this.hidden));
    });
    this.querySelector('[data-print]')?.addEventListener('click', () => print());
  }

  #taken() {
    return ruleRows()
      .filter((row) => !row.hidden)
      .map(takenOf);
  }

  /** The text of a format, and what is in it. */
  #text(format: string): { text: string; what: string } {
    if (format === 'json') {
      const lists = listsIn(ticks);
      return { text: fileText(lists, activeList(ticks)), what: counted(lists.length, 'list') };
    }
    const rules = this.#taken();
    const shown = document.querySelector('h1')?.textContent.trim() ?? '';
    const text = format === 'csv' ? csvOf(shownName(), rules) : markdownOf(shownName(), shown, rules);
    return { text, what: counted(rules.length, 'rule') };
  }

  async #copy(format: string) {
    const { text, what } = this.#text(format);
    const title = FORMATS[format]?.title;
    try {
      await navigator.clipboard.writeText(text);
      this.#say(`Copied ${what} as ${title}.`);
    } catch {
      this.#say(`Not copied: this browser did not allow it. Download the ${title} instead.`);
    }
  }

  #download(format: string) {
    const { text, what } = this.#text(format);
    const { ending = 'txt', type = 'text/plain', title } = FORMATS[format] ?? {};
    const name = format === 'json' ? `checklists-${dayOf(new Date())}` : fileName(shownName());
    // Without the mark a spreadsheet takes UTF-8 for the code page of its system.
    saveFile(`${name}.${ending}`, type, format === 'csv' ? `\uFEFF${text}` : text);
    this.#say(`Downloaded ${what} as ${title}.`);
  }

  #say(text: string) {
    this.querySelector('[role=status]')!.textContent = text;
  }
}

customElements.define('hb-take-away', TakeAway);
