/** The most characters that a program in a link may have. */
export const LIMIT = 64 * 1024;

const PREFIX = '#code=';

/** What follows the page's address in a link that carries a program: its sample's name and its text, compressed. */
export async function fragmentOf(file: string, code: string): Promise<string> {
  if (code.length > LIMIT)
    throw new Error(`The program is too long for a link: ${code.length} of ${LIMIT} characters.`);
  const bytes = await through(new CompressionStream('deflate-raw'), new TextEncoder().encode(code));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return `${PREFIX}${file}:${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** The sample that a link's program belongs to; undefined if the fragment is of another kind. */
export const fileIn = (fragment: string): string | undefined =>
  fragment.startsWith(PREFIX) ? /^#code=([\w./-]+):/.exec(fragment)?.[1] : undefined;

/** The program that a link carries. Rejects if it is damaged or too long. */
export async function codeIn(fragment: string): Promise<string> {
  const data = fragment
    .slice(fragment.indexOf(':') + 1)
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(await through(new DecompressionStream('deflate-raw'), bytes));
}

async function through(
  stream: GenericTransformStream,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = (new Blob([bytes]).stream() as ReadableStream<Uint8Array>).pipeThrough<Uint8Array>(stream).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    // A few bytes can unpack to very many: four for each character is the most that a program of legal length has.
    if (length > LIMIT * 4) throw new Error('The program in this link is too long.');
    pieces.push(value);
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}
