import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cors from 'cors';
import express, { type RequestHandler } from 'express';
import { pageAt } from './page.ts';

const SHOP = 'https://shop.example';
const ADMIN = 'https://admin.shop.example';
const ORIGINS = [SHOP, ADMIN];

// #region vary
const policies: Record<string, RequestHandler> = {
  'by hand': (req, res, next) => {
    const { origin } = req.headers;
    if (origin !== undefined && ORIGINS.includes(origin))
      res.set('Access-Control-Allow-Origin', origin);
    next(); // and nothing says that the answer depends on Origin
  },
  'function, boolean': cors({
    origin: (origin, callback) =>
      callback(null, origin !== undefined && ORIGINS.includes(origin)),
  }),
  'function, list': cors({
    origin: (_origin, callback) => callback(null, ORIGINS),
  }),
  list: cors({ origin: ORIGINS }),
  '*': cors(), // the same answer for everybody
};

/** Who asks the cache for `/prices` before a page of the shop does. */
const earlier: Record<string, string | undefined> = {
  'no page': undefined, // a crawler, or somebody who opened the link
  'another page of ours': ADMIN,
  'a foreign page': 'https://evil.test',
};
// #endregion vary

async function listening(server: Server) {
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  return { url: `http://localhost:${port}`, close };
}

/** A shared cache, as RFC 9111 has it, for what may be kept for ever. */
function cacheBefore(upstream: string) {
  interface Kept {
    when: [name: string, value: string | undefined][];
    head: [name: string, value: string][];
    text: string;
  }
  const kept = new Map<string, Kept[]>();
  return createServer((req, res) => {
    void (async () => {
      const url = req.url ?? '';
      const valueOf = (name: string) => req.headers[name]?.toString();
      const stored = kept.get(url) ?? [];
      let hit = stored.find(({ when }) =>
        when.every(([name, value]) => valueOf(name) === value),
      );
      if (!hit) {
        const { origin } = req.headers;
        const headers = origin === undefined ? {} : { origin };
        const answer = await fetch(upstream + url, { headers });
        const vary = answer.headers.get('vary')?.toLowerCase().split(/, */);
        const head = [...answer.headers].filter(([name]) =>
          name.startsWith('access-control-'),
        );
        const when = (vary ?? []).map((name): [string, string | undefined] => [
          name,
          valueOf(name),
        ]);
        hit = { when, head, text: await answer.text() };
        kept.set(url, [...stored, hit]);
      }
      for (const [name, value] of hit.head) res.setHeader(name, value);
      res.end(hit.text);
    })();
  }).listen(0);
}

const results: Record<string, string[]> = {};
const heads = Object.keys(earlier);
console.log('the shop asks after'.padEnd(20), heads.join('   '));
for (const [name, policy] of Object.entries(policies)) {
  const app = express().use(policy);
  app.get('/prices', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=60').json([1, 2]);
  });
  const upstream = await listening(app.listen(0));
  const cells: string[] = [];
  for (const origin of Object.values(earlier)) {
    const cache = await listening(cacheBefore(upstream.url));
    const headers = origin === undefined ? {} : { origin };
    await (await fetch(`${cache.url}/prices`, { headers })).text();
    const seen = await pageAt(SHOP)(`${cache.url}/prices`);
    const cell = seen.text === undefined ? 'blocked' : 'reads';
    cells.push(cell);
    await cache.close();
  }
  results[name] = cells;
  const row = cells.map((cell, at) => cell.padEnd(heads[at]?.length ?? 0));
  console.log(`  ${name}`.padEnd(20), row.join('   ').trimEnd());
  await upstream.close();
}
assert.deepEqual(results, {
  'by hand': ['blocked', 'blocked', 'blocked'],
  'function, boolean': ['blocked', 'reads', 'blocked'],
  'function, list': ['reads', 'reads', 'reads'],
  list: ['reads', 'reads', 'reads'],
  '*': ['reads', 'reads', 'reads'],
});

/** Twelve deletions, ten seconds apart. Returns how many preflights. */
async function preflights(maxAge: number | undefined, paths: string[]) {
  let count = 0;
  const app = express();
  app.use((req, _res, next) => {
    if (req.method === 'OPTIONS') count += 1;
    next();
  });
  app.use(cors({ origin: ORIGINS, ...(maxAge !== undefined && { maxAge }) }));
  app.delete('/{*path}', (_req, res) => void res.json('deleted'));
  const { url, close } = await listening(app.listen(0));
  let time = 0;
  const shop = pageAt(SHOP, '', () => time);
  for (let at = 0; at < 12; at += 1) {
    const path = paths[at % paths.length] ?? '';
    const seen = await shop(url + path, { method: 'DELETE' });
    assert.equal(seen.text, '"deleted"');
    time += 10_000;
  }
  await close();
  return count;
}

const twelve = Array.from({ length: 12 }, (_, at) => `/items/${at}`);
const counts = [
  await preflights(undefined, ['/basket']),
  await preflights(7200, ['/basket']),
  await preflights(7200, twelve),
];
console.log('preflights for 12 requests, one every 10 s');
console.log(`  one URL, no maxAge           ${counts[0]}`);
console.log(`  one URL, maxAge 7200         ${counts[1]}`);
console.log(`  twelve URLs, maxAge 7200     ${counts[2]}`);
assert.deepEqual(counts, [12, 1, 12]);
