import { listsIn } from '../lib/lists.ts';
import { counted } from '../lib/text.ts';
import { checkSize, fileFrom, Refused } from '../lib/ticks-file.ts';
import { applyChanges, changesAnything, changesOf, changeText, type Change } from '../lib/ticks-import.ts';
import { newListId } from './new-list-id.ts';
import { showTicks, ticks } from './reader-ticks.ts';
import { ruleOf, ruleRows } from './shown-rules.ts';

/** Imports lists from a file: shows what would change, and changes it when the reader says so. */
class ImportLists extends HTMLElement {
  #input = this.querySelector('input')!;
  #preview = this.querySelector<HTMLElement>('[data-preview]')!;
  #changes: Change[] = [];

  connectedCallback() {
    this.#input.addEventListener('change', () => void this.#choose(this.#input.files?.[0]));
    this.querySelector('[data-cancel]')?.addEventListener('click', () => this.#close('Nothing was imported.'));
    this.querySelector('[data-apply]')?.addEventListener('click', () => {
      applyChanges(ticks, this.#changes);
      showTicks();
      const added = this.#changes.reduce((sum, change) => sum + change.added.length, 0);
      this.#close(`Imported ${counted(added, 'tick')} into ${counted(this.#changes.length, 'list')}.`);
    });
  }

  async #choose(file: File | undefined) {
    this.#preview.hidden = true;
    this.#say('', '');
    if (!file) return;
    try {
      // A file that is too large is not read at all.
      checkSize(file.size);
      const read = fileFrom(await file.text());
      const rules = new Set(ruleRows().map(ruleOf));
      this.#show(changesOf(read, listsIn(ticks), rules, ticks, newListId));
    } catch (error) {
      const reason = error instanceof Refused ? error.message : 'The file could not be read.';
      this.#say(`${reason} Nothing was imported, and your lists are as they were.`, '');
      // Emptied, so that the same file can be chosen again once it is mended.
      this.#input.value = '';
    }
  }

  #show(changes: Change[]) {
    this.#changes = changes;
    const rows = changes.map((change) => {
      const name = Object.assign(document.createElement('b'), { textContent: change.name });
      const row = document.createElement('li');
      row.append(name, changeText(change));
      return row;
    });
    this.querySelector('ul')?.replaceChildren(...rows);
    this.querySelector<HTMLElement>('[data-apply]')!.hidden = !changesAnything(changes);
    this.#preview.hidden = false;
    this.#preview.focus();
  }

  #close(said: string) {
    this.#preview.hidden = true;
    this.#input.value = '';
    this.#input.focus();
    this.#say('', said);
  }

  #say(refused: string, said: string) {
    this.querySelector('[role=alert]')!.textContent = refused;
    this.querySelector('[role=status]')!.textContent = said;
  }
}

customElements.define('hb-import', ImportLists);
