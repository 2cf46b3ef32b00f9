/** Copies a text on a click, and says in its button what happened. */
class Copy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('button');
    const label = this.querySelector('.t');
    if (!button || !label) return;
    const idle = label.textContent;
    let back: ReturnType<typeof setTimeout>;
    button.addEventListener('click', () => {
      void this.#copy().then((said) => {
        label.textContent = said;
        clearTimeout(back);
        back = setTimeout(() => (label.textContent = idle), 2000);
      });
    });
    // A screen reader hears "Copied" as it appears.
    label.setAttribute('aria-live', 'polite');
  }

  async #copy(): Promise<string> {
    try {
      await navigator.clipboard.writeText(await this.#text());
      return 'Copied';
    } catch {
      return 'Not copied';
    }
  }

  async #text(): Promise<string> {
    const { src, from } = this.dataset;
    if (src) {
      const response = await fetch(src);
      if (!response.ok) throw new Error(`${src} answered ${response.status}`);
      return response.text();
    }
    const element = document.getElementById(from ?? '');
    const lines = [...(element?.querySelectorAll('.l') ?? [])];
    return lines.length > 0 ? lines.map((line) => line.textContent).join('') : (element?.textContent ?? '');
  }
}

customElements.define('hb-copy', Copy);
