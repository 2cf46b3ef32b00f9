import {
  deleteList,
  listsIn,
  nameList,
  nameProblem,
  openList,
  purge,
  putBadRecordsAside,
  restoreList,
} from '../lib/lists.ts';
import { counted } from '../lib/text.ts';
import { activeList } from '../lib/ticks.ts';
import { newListId } from './new-list-id.ts';
import { SHOWN, showTicks, ticks } from './reader-ticks.ts';

/** Shows the reader's lists, opens one, and makes, renames and deletes them. */
class Lists extends HTMLElement {
  #select = this.querySelector('select')!;
  #form = this.querySelector('form')!;
  #input = this.querySelector('input')!;
  #status = this.querySelector('[role=status]')!;
  #undo = this.querySelector<HTMLButtonElement>('[data-undo]')!;
  /** The list that is being named; undefined for one that is to be made. */
  #named: string | undefined;

  connectedCallback() {
    putBadRecordsAside(ticks);
    purge(ticks, new Date());
    showTicks();
    this.#show();
    document.addEventListener(SHOWN, () => this.#show());
    this.#select.addEventListener('change', () => {
      openList(ticks, this.#select.value);
      showTicks();
      this.#say(`“${this.#open().name}” is shown, with ${counted(Object.keys(this.#open().ticked).length, 'tick')}.`);
    });
    this.#on('[data-new]', () => this.#ask(undefined));
    this.#on('[data-rename]', () => this.#ask(this.#open().id));
    this.#on('[data-cancel]', () => this.#close());
    this.#on('[data-delete]', () => this.#delete());
    this.#form.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#close());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#save(this.#input.value.trim());
    });
  }

  #on(selector: string, act: () => void) {
    this.querySelector(selector)?.addEventListener('click', act);
  }

  #open(lists = listsIn(ticks)) {
    return lists.find(({ id }) => id === activeList(ticks)) ?? lists[0]!;
  }

  #show() {
    const lists = listsIn(ticks);
    const { id: open } = this.#open(lists);
    // An active list that is not there any more, as when another tab has deleted it.
    if (open !== activeList(ticks)) {
      openList(ticks, open);
      showTicks();
    }
    const options = lists.map(({ id, name }) => new Option(name, id, false, id === open));
    // A menu that is pulled down stays so while another tab ticks.
    const same = options.every((option, index) => option.isEqualNode(this.#select.options[index] ?? null));
    if (!same || options.length !== this.#select.options.length) this.#select.replaceChildren(...options);
    this.#select.value = open;
  }

  #ask(id: string | undefined) {
    this.#named = id;
    this.querySelector('[data-asked]')!.textContent = id ? 'New name' : 'Name of the new list';
    this.#input.value = id ? this.#open().name : '';
    this.#complain('');
    this.#form.hidden = false;
    this.#input.select();
    this.#input.focus();
  }

  #close() {
    this.#form.hidden = true;
    this.querySelector<HTMLElement>(this.#named ? '[data-rename]' : '[data-new]')?.focus();
  }

  #complain(problem: string) {
    this.querySelector('[role=alert]')!.textContent = problem;
    this.#input.toggleAttribute('aria-invalid', problem !== '');
    if (problem) this.#input.focus();
  }

  #save(name: string) {
    const others = listsIn(ticks).filter(({ id }) => id !== this.#named);
    const problem = nameProblem(
      name,
      others.map((list) => list.name),
    );
    if (problem) return this.#complain(problem);
    const id = this.#named ?? newListId();
    nameList(ticks, id, name);
    openList(ticks, id);
    showTicks();
    this.#close();
    this.#say(this.#named ? `The list is now called “${name}”.` : `“${name}” is made and shown, with no ticks.`);
  }

  #delete() {
    const { id, name, ticked } = this.#open();
    deleteList(ticks, id, new Date());
    showTicks();
    this.#say(`“${name}” is deleted, with ${counted(Object.keys(ticked).length, 'tick')}.`, () => {
      restoreList(ticks, id);
      showTicks();
      this.#say(`“${name}” is back.`);
      this.#select.focus();
    });
    this.#undo.focus();
  }

  #say(text: string, undo?: () => void) {
    this.#status.textContent = text;
    this.#undo.hidden = !undo;
    this.#undo.onclick = undo ?? null;
  }
}

customElements.define('hb-lists', Lists);
