import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';

const ORIGIN = 'https://shop.example';

// #region redirect
/** After the login, on to the page that was asked for. */
const ways: Record<string, (next: string) => string> = {
  asAsked: (next) => next,

  // "Our pages begin with a slash." So do other hosts: //evil.example
  slashFirst: (next) => (next.startsWith('/') ? next : '/'),

  // Read as a browser reads it, and then only its path is kept.
  pathOnly: (next) => {
    const url = URL.parse(next, ORIGIN);
    return url?.origin === ORIGIN ? url.pathname + url.search : '/';
  },

  // The same check, and what was checked is what is sent.
  sameOrigin: (next) => {
    const url = URL.parse(next, ORIGIN);
    return url?.origin === ORIGIN ? url.href : `${ORIGIN}/`;
  },
};

const app = express();
app.get('/:way/login', (req, res) => {
  const next = typeof req.query.next === 'string' ? req.query.next : '/';
  res.redirect(303, ways[req.params.way]?.(next) ?? '/');
});
// #endregion redirect

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** The host that a browser would be on afterwards. */
async function landing(way: string, next: string) {
  const query = new URLSearchParams({ next }).toString();
  const response = await fetch(
    `http://localhost:${port}/${way}/login?${query}`,
    { redirect: 'manual' },
  );
  assert.equal(response.status, 303);
  const location = response.headers.get('location') ?? '';
  return new URL(location, `${ORIGIN}/login`).hostname;
}

const nexts = [
  '/orders?page=2',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/.//evil.example',
];
const evil: Record<string, number> = {};
console.log(
  ''.padEnd(23) +
    Object.keys(ways)
      .map((w) => w.padEnd(12))
      .join('')
      .trimEnd(),
);
for (const next of nexts) {
  const cells: string[] = [];
  for (const way of Object.keys(ways)) {
    const host = await landing(way, next);
    evil[way] = (evil[way] ?? 0) + Number(host === 'evil.example');
    cells.push((host === 'evil.example' ? 'EVIL' : 'shop').padEnd(12));
  }
  console.log((next.padEnd(23) + cells.join('')).trimEnd());
}
assert.deepEqual(evil, {
  asAsked: 3,
  slashFirst: 2,
  pathOnly: 1,
  sameOrigin: 0,
});
// What was asked for in good faith still works.
assert.equal(await landing('sameOrigin', '/orders?page=2'), 'shop.example');

server.close();
await once(server, 'close');
