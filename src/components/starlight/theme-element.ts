/** Starlight reads the reader's choice from here before it paints. */
const KEY = 'starlight-theme';

/** Switches between light and dark, and remembers the choice where the browser allows it. */
class Theme extends HTMLElement {
  connectedCallback() {
    const root = document.documentElement;
    this.querySelector('button')?.addEventListener('click', () => {
      const theme = root.dataset['theme'] === 'dark' ? 'light' : 'dark';
      root.dataset['theme'] = theme;
      try {
        localStorage.setItem(KEY, theme);
      } catch {
        // Storage is denied: the choice lasts until the page is left.
      }
    });
  }
}

customElements.define('hb-theme', Theme);
