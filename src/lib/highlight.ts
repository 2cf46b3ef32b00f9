import { createHighlighterCore, type HighlighterCore, type ShikiTransformer, type ThemeRegistration } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { escaped } from './text.ts';

/**
 * Ink for the language, colour only for what a reader looks for: comments explain, strings hold the SQL, constants the
 * numbers. The colours are stand-ins: each becomes a class, and the style sheet says what it looks like in either theme.
 */
const CLASSES: Record<string, string> = {
  '#000001': 'c', // comment
  '#000002': 's', // string
  '#000003': 'n', // constant
  '#000004': 'p', // punctuation
  '#000005': 'bad', // invalid, or removed
};

/** The handbook's theme for Shiki. Use it together with `asClasses`. */
export const theme: ThemeRegistration = {
  name: 'handbook',
  type: 'light',
  colors: { 'editor.background': '#ffffff', 'editor.foreground': '#000000' },
  tokenColors: [
    { settings: { foreground: '#000000' } },
    { scope: ['comment', 'punctuation.definition.comment'], settings: { foreground: '#000001' } },
    { scope: ['string', 'punctuation.definition.string', 'markup.inserted'], settings: { foreground: '#000002' } },
    {
      scope: ['constant.numeric', 'constant.language', 'constant.character.escape'],
      settings: { foreground: '#000003' },
    },
    {
      scope: ['punctuation', 'keyword.operator', 'meta.brace', 'storage.type.function.arrow'],
      settings: { foreground: '#000004' },
    },
    { scope: ['meta.template.expression'], settings: { foreground: '#000000' } },
    { scope: ['punctuation.definition.template-expression'], settings: { foreground: '#000004' } },
    { scope: ['invalid', 'markup.deleted'], settings: { foreground: '#000005' } },
  ],
};

/** Turns the theme's stand-in colours into classes, so that no style attribute is needed, and lifts Shiki's time limit. */
export const asClasses: ShikiTransformer = {
  name: 'handbook-classes',
  preprocess(_code, options) {
    // By the clock Shiki gives up on a line after 500 ms, and a busy machine would colour a page otherwise.
    options.tokenizeTimeLimit = 0;
  },
  pre(node) {
    delete node.properties['style'];
  },
  span(node) {
    const color = /#[0-9a-f]{6}/.exec(String(node.properties['style'] ?? ''))?.[0];
    delete node.properties['style'];
    const name = color && CLASSES[color];
    if (name) node.properties['class'] = name;
  },
};

let highlighter: Promise<HighlighterCore> | undefined;

const shared = () =>
  (highlighter ??= createHighlighterCore({
    themes: [theme],
    langs: [import('shiki/langs/typescript.mjs')],
    engine: createJavaScriptRegexEngine(),
  }));

/** TypeScript as HTML, a string for each line, coloured by class. */
export async function highlightedLines(code: string): Promise<string[]> {
  const { codeToTokensBase } = await shared();
  const lines = codeToTokensBase(code, { lang: 'typescript', theme: 'handbook', tokenizeTimeLimit: 0 });
  return lines.map((tokens) => {
    let html = '';
    let open = '';
    // Neighbours of one class share one element: a page has thousands of tokens.
    for (const { content, color } of tokens) {
      const name = content.trim() ? (CLASSES[color?.toLowerCase() ?? ''] ?? '') : open;
      if (name !== open) html += (open && '</span>') + (name && `<span class="${name}">`);
      open = name;
      html += escaped(content);
    }
    return html + (open && '</span>');
  });
}
