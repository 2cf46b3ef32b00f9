import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { cacheOn } from './cache.ts';

const { REDIS_URL } = process.env;
assert(REDIS_URL, 'REDIS_URL names the Redis to use');
const failures: unknown[] = [];
const report = (error: unknown) => void failures.push(error);
const redis = new Redis(REDIS_URL).on('error', report);
const cache = cacheOn(redis, report);

const PREFIX = 'caching_entries:';
const MINUTE = 60_000;

async function clean() {
  const found = redis.scanStream({ match: `*${PREFIX}*`, count: 1_000 });
  for await (const keys of found as AsyncIterable<string[]>) {
    if (keys.length > 0) await redis.unlink(keys);
  }
}
await clean();

// #region entries
const Product = z.object({
  id: z.string(),
  stock: z.codec(z.string().regex(/^\d+$/), z.bigint(), {
    decode: (digits) => BigInt(digits),
    encode: (count) => count.toString(),
  }),
  since: z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  }),
});
type Product = z.infer<typeof Product>;

/** JSON text to a product, and back. `null` says that there is none. */
const Entry = z.codec(z.string(), Product.nullable(), {
  decode: (text, context) => {
    try {
      return JSON.parse(text) as z.input<typeof Product> | null;
    } catch {
      context.issues.push({ code: 'custom', input: text, message: 'no JSON' });
      return z.NEVER;
    }
  },
  encode: (product) => JSON.stringify(product),
});

/** Trusts what comes back, and keeps nothing for an id that is unknown. */
async function byCast(id: string): Promise<Product | null> {
  const key = `${PREFIX}cast:${id}`;
  const hit = await redis.get(key);
  if (hit !== null) return JSON.parse(hit) as Product;
  const product = await find(id);
  const text = JSON.stringify(product, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  if (product) await redis.set(key, text, 'PX', MINUTE);
  return product;
}

/** The version in the key changes with the shape of what is stored. */
async function byEntry(id: string): Promise<Product | null> {
  const key = `${PREFIX}product:v2:${id}`;
  const load = async () => {
    const product = await find(id);
    return { text: Entry.encode(product), ttl: product ? MINUTE : 5_000 };
  };
  const entry = Entry.safeDecode(await cache.read(key, load));
  if (entry.success) return entry.data;
  // What cannot be read was never there.
  await cache.invalidate(key);
  return Entry.decode(await cache.read(key, load));
}

const owner = (user: string) => () =>
  Promise.resolve({ text: `orders of ${user}`, ttl: MINUTE });
const byPath = (user: string) => cache.read(`${PREFIX}/orders`, owner(user));
const byUser = (user: string) =>
  cache.read(`${PREFIX}orders:${user}`, owner(user));
// #endregion entries

/** Stands for the database. */
const products = new Map<string, Product>([
  ['p1', { id: 'p1', stock: 2n ** 53n + 1n, since: new Date(0) }],
]);
let queries = 0;
async function find(id: string): Promise<Product | null> {
  queries += 1;
  return Promise.resolve(products.get(id) ?? null);
}

const kindOf = (value: unknown) =>
  value instanceof Date ? 'Date' : typeof value;
const show = (label: string, cells: (string | number)[]) =>
  console.log(
    [label.padEnd(32), ...cells.map((cell) => `${cell}`.padEnd(10))]
      .join(' ')
      .trimEnd(),
  );
const ways = [byCast, byEntry];

/** What each way makes of the second request, which the cache answers. */
async function fieldsOf(field: 'stock' | 'since') {
  const kinds: string[] = [];
  for (const way of ways) {
    await way('p1');
    kinds.push(kindOf((await way('p1'))?.[field]));
  }
  return kinds;
}

/** Asks for each id in turn, and counts what reaches the database. */
async function queriesFor(ids: string[]) {
  const counts: number[] = [];
  for (const way of ways) {
    queries = 0;
    for (const id of ids) await way(id);
    counts.push(queries);
  }
  return counts;
}

const hundred = Array.from({ length: 100 }, (_, n) => n);
const stock = await fieldsOf('stock');
const since = await fieldsOf('since');
const unknown = await queriesFor(hundred.map(() => 'none'));
const different = await queriesFor(hundred.map((n) => `none-${n}`));

show('', ['byCast', 'byEntry']);
show('stock, a bigint', stock);
show('since, a Date', since);
show('100 requests, one unknown id', unknown);
show('100 requests, 100 unknown ids', different);
assert.deepEqual(stock, ['string', 'bigint']);
assert.deepEqual(since, ['string', 'Date']);
assert.deepEqual(unknown, [100, 1]);
assert.deepEqual(different, [100, 100]);
// Digit for digit: as a JSON number this one would lose its last.
assert.deepEqual(await byEntry('p1'), products.get('p1'));
// That there is none is remembered for seconds only: it may be created.
const forgotten = await redis.pttl(`${PREFIX}product:v2:none`);
assert(forgotten > 0 && forgotten <= 5_500);

// What an older release wrote, and what is no JSON at all.
for (const text of ['{"id":"p1","stock":"5"}', '{"id":']) {
  await redis.set(`${PREFIX}product:v2:p1`, text, 'PX', MINUTE);
  queries = 0;
  assert.deepEqual(await byEntry('p1'), products.get('p1'));
  assert.equal(queries, 1);
}
await redis.set(`${PREFIX}cast:p1`, '{"id":"p1","stock":"5"}', 'PX', MINUTE);
await redis.set(`${PREFIX}product:v2:p1`, '{"id":"p1","stock":"5"}');
const older = [];
for (const way of ways) older.push(kindOf((await way('p1'))?.since));
show('since, from an older release', older);
assert.deepEqual(older, ['undefined', 'Date']);

console.log();
for (const way of [byPath, byUser]) {
  await way('ada');
  const seen = await way('bea');
  console.log(`${way.name}, ada and then bea: bea gets the ${seen}`);
  assert.equal(seen, way === byPath ? 'orders of ada' : 'orders of bea');
}

await clean();
redis.disconnect();
assert.deepEqual(failures, []);
