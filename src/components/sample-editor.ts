import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, keymap, lineNumbers, type DecorationSet } from '@codemirror/view';
import { tags } from '@lezer/highlight';

interface Options {
  text: string;
  /** What a screen reader calls the editor. */
  label: string;
  /** The line to begin at. */
  line: number;
  run: () => void;
  change: (text: string) => void;
}

/** The page's own colours, so that code looks the same before and after. */
const highlighting = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--hb-syn-comment)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--hb-syn-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.escape], color: 'var(--hb-syn-const)' },
  { tag: [tags.punctuation, tags.operator, tags.bracket], color: 'var(--hb-syn-punct)' },
]);

const look = EditorView.theme({
  '&': { color: 'var(--hb-syn-ink)', background: 'transparent', maxHeight: '40rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'var(--sl-text-code)/var(--hb-leading-code) var(--sl-font-mono)', overflow: 'auto' },
  '.cm-content': { padding: '0.75rem 0', caretColor: 'var(--sl-color-white)' },
  '.cm-line': { padding: '0 1.25rem 0 0.5rem' },
  '.cm-gutters': { background: 'transparent', border: '0', color: 'var(--sl-color-gray-3)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.25rem', padding: '0 0.5rem 0 0' },
  '.cm-cursor': { borderLeftColor: 'var(--sl-color-white)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--sl-color-accent-low)',
  },
});

const markLine = StateEffect.define<number | undefined>();
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, { effects, changes, state }) {
    let marks = before.map(changes);
    for (const effect of effects) {
      if (!effect.is(markLine)) continue;
      const { value } = effect;
      const known = value !== undefined && value >= 1 && value <= state.doc.lines;
      marks = known
        ? Decoration.set([Decoration.line({ class: 'hit' }).range(state.doc.line(value).from)])
        : Decoration.none;
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** A program to change. Tab moves on, as everywhere on the page: the editor does not keep it. */
export class Editor {
  readonly #view: EditorView;

  constructor(parent: HTMLElement, { text, label, line, run, change }: Options) {
    const runKey = {
      key: 'Mod-Enter',
      run: () => {
        run();
        return true;
      },
    };
    this.#view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          indentUnit.of('  '),
          javascript({ typescript: true }),
          syntaxHighlighting(highlighting),
          look,
          marked,
          keymap.of([runKey, ...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            if (update.transactions.some((one) => one.isUserEvent('input') || one.isUserEvent('delete'))) this.mark();
            change(this.text);
          }),
        ],
      }),
    });
    const first = this.#view.state.doc.line(Math.min(line, this.#view.state.doc.lines));
    this.#view.dispatch({
      selection: { anchor: first.from },
      effects: EditorView.scrollIntoView(first.from, { y: 'start' }),
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  replace(text: string): void {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  /** Marks the line that failed and scrolls to it; without a line, takes the mark away. */
  mark(line?: number): void {
    const effects: StateEffect<unknown>[] = [markLine.of(line)];
    if (line !== undefined && line <= this.#view.state.doc.lines) {
      effects.push(EditorView.scrollIntoView(this.#view.state.doc.line(line).from, { y: 'center' }));
    }
    this.#view.dispatch({ effects });
  }

  focus(): void {
    this.#view.focus();
  }

  close(): void {
    this.#view.destroy();
  }
}
