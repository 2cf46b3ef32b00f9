// #region kind
export type Kind = { type: string; extension: string };

/** 24 megapixels: about 100 MB once it is decoded. */
const MAX_PIXELS = 24_000_000;
const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** What the bytes are, if it is something that we take. */
export function kindOf(bytes: Buffer): Kind | undefined {
  if (isPng(bytes)) return { type: 'image/png', extension: 'png' };
  if (isPdf(bytes)) return { type: 'application/pdf', extension: 'pdf' };
  return undefined;
}

/** Follows the chunks from the first to the last: nothing may come after. */
function isPng(bytes: Buffer): boolean {
  if (!bytes.subarray(0, 8).equals(PNG) || bytes.length < 33) return false;
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return false;
  const pixels = bytes.readUInt32BE(16) * bytes.readUInt32BE(20);
  if (pixels === 0 || pixels > MAX_PIXELS) return false;
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    const isLast = bytes.toString('latin1', at + 4, at + 8) === 'IEND';
    if (isLast) return end === bytes.length;
    at = end;
  }
  return false;
}

/** Its first and last line. What is in between, only a parser knows. */
function isPdf(bytes: Buffer): boolean {
  const end = bytes.subarray(-1024).toString('latin1').trimEnd();
  return bytes.subarray(0, 5).toString() === '%PDF-' && end.endsWith('%%EOF');
}
// #endregion kind

/** A chunk of a PNG; nobody here looks at its checksum. */
function chunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)]);
}

/** A PNG of that size, for the programs: with a comment, without an image. */
export function png(width: number, height: number, comment = ''): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    PNG,
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`Comment\0${comment}`)),
    chunk('IDAT', Buffer.alloc(64)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
