/**
 * `node snapshot.ts <folder of migrations> <file>` writes the data directory of a PostgreSQL that has the shop's schema, as
 * a tar file, trimmed to what a browser needs and the same bytes each time. It runs in a process of its own, because
 * PostgreSQL must see a clock and random numbers that are not those of today.
 */
import nodeCrypto from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** 2026-01-01, in milliseconds. Each look at the clock moves it on by a thousandth. */
let clock = Date.UTC(2026, 0, 1);
Date.now = () => Math.floor((clock += 0.001));
performance.now = () => Date.now() - Date.UTC(2026, 0, 1);
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: []) => new target(...(args.length > 0 ? args : ([Date.now()] as unknown as []))),
});
let state = 1;
/** A stream of numbers that only has to differ from one to the next (xorshift). */
function nextByte(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state & 255;
}
function fill<T extends ArrayBufferView | null>(array: T): T {
  if (array)
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).forEach((_, at, all) => (all[at] = nextByte()));
  return array;
}
crypto.getRandomValues = fill;
nodeCrypto.randomFillSync = fill;
syncBuiltinESMExports();

const [folder = '', file = ''] = process.argv.slice(2);
const { PGlite } = await import('@electric-sql/pglite');
const db = await PGlite.create({ initDbStartParams: ['--wal-segsize=1'] });
for (const migration of globSync('*/migration.sql', { cwd: folder }).sort()) {
  await db.exec(readFileSync(join(folder, migration), 'utf8'));
}
await db.exec('VACUUM FULL');
await db.exec('VACUUM (FREEZE, ANALYZE)');
await db.exec('CHECKPOINT');
const wal = await db.query<{ name: string }>('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name');
const segment = wal.rows[0]?.name ?? '';
const tar = Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer());
await db.close();
writeFileSync(file, trimmed(tar, segment));
process.exit(0);

/** Without the two template databases and old WAL; all entries with one date and in order of name. */
function trimmed(tar: Buffer, segment: string): Buffer {
  const text = (at: number, length: number) => tar.toString('latin1', at, at + length).replace(/\0.*$/s, '');
  const kept: { name: string; bytes: Buffer }[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at];) {
    const prefix = text(at + 345, 155);
    const name = (prefix ? `${prefix}/` : '') + text(at, 100);
    const size = parseInt(text(at + 124, 12), 8) || 0;
    const end = at + 512 + Math.ceil(size / 512) * 512;
    const isFolder = tar[at + 156] === '5'.charCodeAt(0);
    const isTemplate = /\/base\/[14]\//.test(name) && !/PG_VERSION|filenode/.test(name);
    const isOldWal = /\/pg_wal\/0/.test(name) && !name.endsWith(segment);
    if (isFolder || !(isTemplate || isOldWal)) kept.push({ name, bytes: dated(tar.subarray(at, end)) });
    at = end;
  }
  kept.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Buffer.concat([...kept.map(({ bytes }) => bytes), Buffer.alloc(1024)]);
}

/** The entry with a date of its own, and the checksum that goes with it (POSIX ustar). */
function dated(entry: Buffer): Buffer {
  entry.write('00000000000\0', 136, 'latin1');
  entry.fill(' ', 148, 156);
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return entry;
}
