/** Escapes text for HTML content and for attributes in double quotes. */
export const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);

/** Frontmatter as it is printed: apostrophes are curly, as Markdown makes them in prose. Code spans stay as they are. */
export const typographic = (text: string) =>
  text.replace(/`[^`]*`|(?<=[\p{L}\d])'/gu, (match) => (match === "'" ? '’' : match));

/** The inline Markdown of a rule as HTML. Rules use code spans and nothing else. */
export const inlineHtml = (markdown: string) =>
  escaped(typographic(markdown)).replace(/`([^`]+)`/g, (_, code: string) => `<code>${code}</code>`);

/** `1 program`, `3 programs`. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Words that are read in a minute. Code takes longer by the word, and has more signs that are none. */
const WORDS_A_MINUTE = 220;

/** How long Markdown takes to read, its code included, in whole minutes and at least one. Addresses are not read. */
export function minutesToRead(markdown: string): number {
  const text = markdown.replace(/^---\n[\s\S]*?\n---\n/, '').replace(/\]\([^)\s]*\)/g, ']');
  const words = text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
  return Math.max(1, Math.round(words / WORDS_A_MINUTE));
}
