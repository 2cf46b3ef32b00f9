/** The custom properties that a style sheet sets for light pages, whatever the width: `--sl-color-red` and its value. */
export function lightTokens(css: string): Map<string, string> {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '');
  const tokens = new Map<string, string>();
  for (const [, selector = '', body = ''] of plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selector.includes(':root') || selector.includes('dark')) continue;
    for (const [, name = '', value = ''] of body.matchAll(/(--[\w-]+):\s*([^;]+);/g)) tokens.set(name, value.trim());
  }
  return tokens;
}

/** CSS with every `var()` replaced by its value, for readers that know no custom properties. Throws for an unknown one. */
export function withTokens(css: string, tokens: ReadonlyMap<string, string>): string {
  return css.replace(/var\((--[\w-]+)\)/g, (_, name: string) => {
    const value = tokens.get(name);
    if (value === undefined)
      throw new Error(`src/styles/tokens.css sets no ${name} for light pages. Correct the name.`);
    return withTokens(value, tokens);
  });
}
