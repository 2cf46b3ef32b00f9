import type { Book, Setting } from './book.ts';
import { dayInWords } from './history.ts';
import { escaped } from './text.ts';
import { withTokens } from './tokens.ts';

/** The cover of a book, as an SVG of its own. */
export function coverOf({ title, description, day }: Book, { mark, tokens }: Setting): string {
  const token = (name: string) => withTokens(`var(${name})`, tokens);
  const [first = '', ...rest] = title.split(' ');
  const words = linesOf(description, 34);
  const text = (y: number, size: number, line: string, fill: string) =>
    `<text x="120" y="${y}" font-family="Georgia, serif" font-size="${size}" fill="${fill}">${escaped(line)}</text>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 1800" width="1200" height="1800">
<title>${escaped(title)}</title>
<rect width="1200" height="1800" fill="${token('--sl-color-bg')}"/>
<rect y="1500" width="1200" height="60" fill="${token('--hb-bar')}"/><rect y="1620" width="1200" height="60" fill="${token('--hb-bar')}"/>
<g fill="${token('--sl-color-accent')}" transform="translate(93 160) scale(18)">${mark}</g>
${[first, ...rest].map((word, index) => text(620 + index * 150, 136, word, token('--sl-color-white'))).join('\n')}
${words.map((line, index) => text(1130 + index * 70, 52, line, token('--sl-color-text'))).join('\n')}
${day ? text(1662, 36, dayInWords(day), token('--sl-color-gray-3')) : ''}
</svg>
`;
}

/** A text in lines of about so many characters. */
export function linesOf(text: string, columns: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || `${last} ${word}`.length > columns) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}
