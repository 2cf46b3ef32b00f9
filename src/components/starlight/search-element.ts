/** Opens the search dialog, and loads what it needs no earlier than a reader shows interest. */
class Search extends HTMLElement {
  #dialog: Promise<{ open(words?: string): void }> | undefined;

  connectedCallback() {
    const button = this.querySelector('button');
    button?.addEventListener('pointerenter', () => void this.#load());
    button?.addEventListener('focus', () => void this.#load());
    button?.addEventListener('click', () => this.#open());

    document.addEventListener('keydown', (event) => {
      const command = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
      if (!command && (event.key !== '/' || isWriting(event.target))) return;
      event.preventDefault();
      this.#open();
    });
    // Anything on a page may open the search: <a href="/?q=P2002" data-search="P2002">.
    document.addEventListener('click', (event) => {
      const opener = event.target instanceof Element && event.target.closest<HTMLElement>('[data-search]');
      if (!opener || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.#open(opener.dataset['search']);
    });
    const asked = new URLSearchParams(location.search).get('q');
    if (asked) this.#open(asked);
  }

  #open(words?: string) {
    void this.#load().then((dialog) => dialog.open(words));
  }

  #load() {
    return (this.#dialog ??= import('./search-dialog.ts').then(({ SearchDialog }) => new SearchDialog(this)));
  }
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
  );
}

customElements.define('hb-search', Search);
