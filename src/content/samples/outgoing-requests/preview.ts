import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';

// #region preview
/** What a link preview or an import by URL begins as. */
const anywhere = (url: string) => fetch(url);

/** A list of what is forbidden, matched against what was typed. */
const exceptPrivate = async (url: string) => {
  if (/\/\/(127|10|192\.168|169\.254)\./.test(url)) throw new Refused();
  return fetch(url);
};

/** The right list, but the partner says where the second request goes. */
const partnersFollowing = async (url: string) => {
  if (!PARTNERS.has(new URL(url).origin)) throw new Refused();
  return fetch(url);
};

/** One of the origins that we name, and no request that it chooses. */
const partnersOnly = async (url: string) => {
  if (!PARTNERS.has(new URL(url).origin)) throw new Refused();
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new Refused();
  }
  return response;
};
// #endregion preview

class Refused extends Error {}

/** The admin interface, which trusts whoever is inside the network. */
const inside = express();
inside.get('/users', (_req, res) => void res.send('all users'));

/** A partner whose pages may be shown, and who has an open redirect. */
const outside = express();
outside.get('/page', (_req, res) => void res.send('a page'));
outside.get('/go', (req, res) => {
  const { to } = req.query;
  res.redirect(typeof to === 'string' ? to : '/page');
});

const servers = await Promise.all(
  [inside, outside].map(async (app) => {
    const server = app.listen(0);
    await once(server, 'listening');
    return { server, port: (server.address() as AddressInfo).port };
  }),
);
const [admin = 0, shop = 0] = servers.map(({ port }) => port);
const partner = `http://localhost:${shop}`;
const PARTNERS = new Set([partner]);

const urls = {
  page: `${partner}/page`,
  address: `http://127.0.0.1:${admin}/users`,
  decimal: `http://2130706433:${admin}/users`,
  octal: `http://0177.0.0.1:${admin}/users`,
  redirect: `${partner}/go?to=//2130706433:${admin}/users`,
};
const ways = {
  anywhere,
  exceptPrivate,
  partnersFollowing,
  partnersOnly,
};

const print = (first: string, cells: string[]) =>
  console.log(
    (first.padEnd(19) + cells.map((c) => c.padEnd(10)).join('')).trimEnd(),
  );

const seen: Record<string, string> = {};
print('', Object.keys(urls));
for (const [name, load] of Object.entries(ways)) {
  const cells: string[] = [];
  for (const url of Object.values(urls)) {
    const text = await load(url).then(
      (response) => response.text(),
      (error: unknown) => {
        if (error instanceof Refused) return 'refused';
        throw error;
      },
    );
    cells.push({ 'all users': 'INSIDE', 'a page': 'page' }[text] ?? text);
  }
  seen[name] = cells.join(' ');
  print(name, cells);
}
assert.deepEqual(seen, {
  anywhere: 'page INSIDE INSIDE INSIDE INSIDE',
  exceptPrivate: 'page refused INSIDE INSIDE INSIDE',
  partnersFollowing: 'page refused refused refused INSIDE',
  partnersOnly: 'page refused refused refused refused',
});

for (const { server } of servers) {
  server.close();
  await once(server, 'close');
}
