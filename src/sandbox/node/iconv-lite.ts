/** The part of iconv-lite that body parsers call, by the browser's own decoders. */
class Decoder {
  readonly #decoder: TextDecoder;
  constructor(encoding: string) {
    this.#decoder = new TextDecoder(encoding);
  }
  write(bytes: Uint8Array<ArrayBuffer>): string {
    return this.#decoder.decode(bytes, { stream: true });
  }
  end(): string {
    return this.#decoder.decode();
  }
}

export function encodingExists(encoding: string): boolean {
  try {
    return new TextDecoder(encoding).encoding !== '';
  } catch {
    return false;
  }
}

export function getDecoder(encoding: string): Decoder {
  if (!encodingExists(encoding)) throw new Error(`Encoding not recognized: '${encoding}' (searched as: '${encoding}')`);
  return new Decoder(encoding);
}

export const decode = (bytes: Uint8Array<ArrayBuffer>, encoding: string) => new TextDecoder(encoding).decode(bytes);
export const encode = (text: string) => Buffer.from(text);
export default { decode, encode, encodingExists, getDecoder };
