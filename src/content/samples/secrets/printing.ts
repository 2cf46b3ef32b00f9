import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { Redis } from 'ioredis';
import { Secret, scrubberOf } from './secret.ts';

const PASSWORD = 'hunter2/canary';

// #region printing
/** How configuration gets into logs and answers. */
const ways: Record<string, (password: string | Secret) => string> = {
  'console.log': (password) => format({ user: 'shop', password }),
  'JSON.stringify': (password) => JSON.stringify({ user: 'shop', password }),
  'a template': (password) => `connecting as shop with ${String(password)}`,
  'a copy': (password) => inspect({ ...{ password }, port: 5432 }),
  'an error': (password) => {
    const cause = Object.assign(new Error('refused'), { password });
    return inspect(new Error('Cannot connect', { cause }));
  },
  'a nested object': (password) =>
    inspect({ a: { b: { c: { d: { password } } } } }, { depth: null }),
};

/** What a library does with a value once it has been given it. */
const revealed: Record<string, (password: Secret) => string> = {
  'options of a client': (password) => {
    const redis = new Redis({
      password: password.reveal(),
      lazyConnect: true,
    });
    return inspect(redis.options);
  },
  'a URL': (password) => {
    const url = new URL('redis://cache.internal');
    url.password = password.reveal();
    return `cannot reach ${url.href}`;
  },
  'Basic credentials': (password) => {
    const pair = Buffer.from(`shop:${password.reveal()}`);
    return `authorization: Basic ${pair.toString('base64')}`;
  },
};
// #endregion printing

const secret = new Secret(PASSWORD);
const scrub = scrubberOf([secret]);
/** Whether somebody who reads the text can get at the password. */
function shows(text: string): boolean {
  const base64 = /Basic (\S+)/.exec(text)?.[1] ?? '';
  const all = `${text} ${Buffer.from(base64, 'base64').toString()}`;
  return decodeURIComponent(all.replaceAll(/%(?![\dA-F]{2})/g, '')).includes(
    PASSWORD,
  );
}
const cell = (text: string) => (shows(text) ? 'shown' : '-').padEnd(10);

const seen: string[] = [];
console.log('printed by              string    Secret    scrubbed');
for (const [name, way] of Object.entries(ways)) {
  const cells = [way(PASSWORD), way(secret), scrub(way(PASSWORD))].map(cell);
  seen.push(cells.map((text) => text.trim()).join());
  console.log((name.padEnd(24) + cells.join('')).trimEnd());
}
assert.deepEqual(new Set(seen), new Set(['shown,-,-']));

console.log('after reveal()');
const after: string[] = [];
for (const [name, way] of Object.entries(revealed)) {
  const cells = [cell(way(secret)), cell(scrub(way(secret)))];
  after.push(cells.map((text) => text.trim()).join());
  console.log((`  ${name}`.padEnd(34) + cells.join('')).trimEnd());
}
assert.deepEqual(after, ['shown,-', 'shown,-', 'shown,shown']);

// Each place writes these in another way, and one begins like the other.
const awkward = ['p"w\\x', 'a$b/c d', 'a$b/c d and more', "it's é!"];
const scrubAll = scrubberOf(['', ...awkward].map((text) => new Secret(text)));
for (const text of awkward) {
  const url = new URL('redis://:@cache.internal/');
  url.password = text;
  const form = new URLSearchParams({ text }).toString();
  for (const line of [text, url.href, form, encodeURIComponent(text)])
    assert.match(scrubAll(line), /^[^%]*\[secret\](@cache.internal\/)?$/);
  assert.equal(scrubAll(JSON.stringify({ text })), '{"text":"[secret]"}');
}
