import assert from 'node:assert/strict';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { isIP, type AddressInfo, type LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch } from 'undici';
import { isPublic } from './public-address.ts';

type Resolve = (host: string) => Promise<LookupAddress[]>;

// #region connect
class NotPublic extends Error {}

/** Resolves for a socket about to connect, and refuses what is inside. */
function publicLookup(resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    const answer = resolve(host).then((addresses) => {
      // All of them: the socket may try one after the other.
      const bad = addresses.find(({ address }) => !isPublic(address));
      if (bad) throw new NotPublic(`${host} is ${bad.address}`);
      return addresses;
    });
    answer.then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

/** Looks first and connects later: two questions, two answers. */
async function checkedBefore(url: string, resolve: Resolve) {
  const host = new URL(url).hostname;
  for (const { address } of await resolve(host))
    if (!isPublic(address)) throw new NotPublic(address);
  return via(agentWith(plainLookup(resolve)), url);
}

/** Looks when it connects; an address in the URL is never looked up. */
const checkedNames = (url: string, resolve: Resolve) =>
  via(agentWith(publicLookup(resolve)), url);

/** Looks at whatever a connection is made to, redirects included. */
function checkedSockets(url: string, resolve: Resolve) {
  const connect = buildConnector({ lookup: wired(publicLookup(resolve)) });
  const agent = new Agent({
    connect(options, callback) {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) === 0 || isPublic(host)) return connect(options, callback);
      callback(new NotPublic(host), null);
    },
  });
  return via(agent, url);
}
// #endregion connect

/** Asks as Node does, unless the caller has another way. */
const plainLookup =
  (resolve: Resolve): LookupFunction =>
  (host, options, callback) => {
    resolve(host).then(
      (all) => {
        if (options.all) callback(null, all);
        else callback(null, all[0]?.address ?? '', all[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
const agentWith = (lookup: LookupFunction) =>
  new Agent({ connect: { lookup: wired(lookup) } });

/** A public address, for which this machine stands in. */
const SHOP = '93.184.215.14';
/** The public address of an attacker; nothing of ours is there. */
const ELSEWHERE = '93.184.215.99';
/** Plays the wire behind the check: leads to the shop, or nowhere. */
const wired =
  (lookup: LookupFunction): LookupFunction =>
  (host, options, callback) =>
    lookup(host, options, (error, found, family) => {
      const list =
        typeof found === 'string' ? [{ address: found, family: 4 }] : found;
      if (!error && list.some(({ address }) => address === ELSEWHERE))
        return callback(new Outside(host), []);
      const moved = list.map((one) =>
        one.address === SHOP ? { ...one, address: '127.0.0.1' } : one,
      );
      if (options.all) return callback(error, moved);
      callback(error, moved[0]?.address ?? '', family);
    });
class Outside extends Error {}

async function via(dispatcher: Agent, url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      dispatcher,
      signal: AbortSignal.timeout(10_000),
    });
    return await response.text();
  } finally {
    await dispatcher.close();
  }
}

const servers = [
  createServer((_req, res) => res.end('INSIDE')),
  createServer((req, res) => {
    if (req.url === '/page') return res.end('page');
    res.writeHead(302, { location: `http://127.0.0.1:${admin}/` });
    return res.end();
  }),
];
const ports = await Promise.all(
  servers.map(async (server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }),
);
const [admin = 0, shop = 0] = ports;

/** The names of this world, and what each answers in turn. */
const NAMES: Record<string, string[]> = {
  'shop.example': [SHOP],
  'inside.example': ['127.0.0.1'],
  // Its owner answers for a second, and then something else.
  'rebind.example': [ELSEWHERE, '127.0.0.1'],
};
function freshResolver(): Resolve {
  const asked = new Map<string, number>();
  return (host) => {
    if (isIP(host.replace(/^\[|\]$/g, ''))) return addressesOf(host);
    const answers = NAMES[host] ?? [];
    const turn = asked.get(host) ?? 0;
    asked.set(host, turn + 1);
    const address = answers[Math.min(turn, answers.length - 1)];
    if (!address) throw new Error(`${host} is unknown`);
    return Promise.resolve([{ address, family: 4 }]);
  };
}
const addressesOf = (host: string) =>
  new Promise<LookupAddress[]>((resolve, reject) =>
    systemLookup(host.replace(/^\[|\]$/g, ''), { all: true }, (error, all) =>
      error ? reject(error) : resolve(all),
    ),
  );

const urls = {
  page: `http://shop.example:${shop}/page`,
  name: `http://inside.example:${admin}/`,
  rebinding: `http://rebind.example:${admin}/`,
  address: `http://127.0.0.1:${admin}/`,
  redirect: `http://shop.example:${shop}/go`,
};
const ways = { checkedBefore, checkedNames, checkedSockets };

const seen: Record<string, string> = {};
const print = (first: string, cells: string[]) =>
  console.log(
    (first.padEnd(16) + cells.map((c) => c.padEnd(11)).join('')).trimEnd(),
  );
print('', Object.keys(urls));
for (const [name, load] of Object.entries(ways)) {
  const cells: string[] = [];
  for (const url of Object.values(urls)) {
    const text = await load(url, freshResolver()).catch((error: unknown) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      if (cause instanceof NotPublic) return 'refused';
      if (cause instanceof Outside) return 'outside';
      throw error;
    });
    cells.push(text);
  }
  seen[name] = cells.join(' ');
  print(name, cells);
}
assert.deepEqual(seen, {
  checkedBefore: 'page refused INSIDE refused INSIDE',
  checkedNames: 'page refused outside INSIDE INSIDE',
  checkedSockets: 'page refused outside refused refused',
});

for (const server of servers) {
  server.close();
  await once(server, 'close');
}
