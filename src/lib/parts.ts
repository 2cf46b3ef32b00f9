/**
 * Texts joined into parts of fewer than `limit` characters each, in their order; none is cut. Throws for a text that is too
 * long for a part of its own.
 */
export function partsOf(texts: { title: string; text: string }[], limit: number) {
  const parts: { titles: string[]; text: string }[] = [];
  for (const { title, text } of texts) {
    if (text.length >= limit)
      throw new Error(`"${title}" has ${text.length} characters; a part has fewer than ${limit}.`);
    const last = parts.at(-1);
    const joined = last && `${last.text}\n---\n\n${text}`;
    if (!last || !joined || joined.length >= limit) {
      parts.push({ titles: [title], text });
      continue;
    }
    last.titles.push(title);
    last.text = joined;
  }
  return parts;
}
