import { gzipSync, zipSync, type Zippable } from 'fflate';
import { createTar } from 'nanotar';

/** Files by path, with `/` between folders and none at the front. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Every entry carries this date, so that the same files make the same archive whenever they are packed. */
const DATE = new Date(Date.UTC(2026, 0, 1));

const sorted = (files: Files) => [...files].sort(([a], [b]) => (a < b ? -1 : 1));

/** A zip of the files, sorted by name and fixed in date: the same files give the same bytes. */
export function zipOf(files: Files): Uint8Array {
  return zipSync(entriesOf(sorted(files)));
}

/** An EPUB of the files: a zip that begins with its type, uncompressed, as the standard wants (OCF 3.3, section 4.3). */
export function epubZipOf(files: Files): Uint8Array {
  const type = new TextEncoder().encode('application/epub+zip');
  const [entry, options] = entriesOf([['mimetype', type]])['mimetype'] as [Uint8Array, object];
  return zipSync({ mimetype: [entry, { ...options, level: 0 }], ...entriesOf(sorted(files)) });
}

function entriesOf(files: [string, Uint8Array][]): Zippable {
  const entries: Zippable = {};
  // A zip stores local time: it is built from the parts that this machine would show, so that zones do not differ.
  const local = new Date(2026, 0, 1);
  for (const [path, bytes] of files) entries[path] = [bytes, { mtime: local, level: 9, os: 3, attrs: 0o644 << 16 }];
  return entries;
}

/** A gzipped tar of the files, sorted by name and fixed in date: the same files give the same bytes. */
export function tarGzOf(files: Files): Uint8Array {
  const attrs = { mtime: DATE.getTime(), mode: '644', uid: 0, gid: 0, user: '', group: '' };
  const tar = createTar(
    sorted(files).map(([name, data]) => ({ name, data })),
    { attrs },
  );
  // Two blocks of zeros end an archive, says POSIX, and GNU tar warns if there is but one.
  const ended = new Uint8Array(tar.length + 512);
  ended.set(tar);
  return gzipSync(ended, { level: 9, mtime: DATE });
}
