type Query = Record<string, string | string[]>;

export const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => (one === "'" ? '%27' : one));
export function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A query as an object without a prototype: a name that comes twice has a list. */
export function parse(
  text: string | null,
  _separator?: string,
  _equals?: string,
  options: { maxKeys?: number } = {},
): Query {
  const query = Object.create(null) as Query;
  if (typeof text !== 'string') return query;
  const { maxKeys = 1000 } = options;
  const pairs = [...new URLSearchParams(text)];
  for (const [name, value] of maxKeys > 0 ? pairs.slice(0, maxKeys) : pairs) {
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  return query;
}

export const stringify = (query: Record<string, unknown> = {}) =>
  Object.entries(query)
    .flatMap(([name, value]) =>
      [value].flat().map((one) => `${escape(name)}=${escape(String((one as string | null) ?? ''))}`),
    )
    .join('&');

export const [decode, encode] = [parse, stringify];
export default { decode, encode, escape, parse, stringify, unescape };
