import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import { rateLimit, type Options } from 'express-rate-limit';

const warnings: string[] = [];
const note = (error: unknown) => {
  const { code } = error as { code?: string };
  if (code !== undefined) warnings.push(code);
};
const logger = { error: note, warn: note, debug: () => {} };

/** How many of the requests with these `X-Forwarded-For` pass a limit of 5. */
async function passed(
  sent: string[][],
  trust: unknown,
  options: Partial<Options> = {},
) {
  const app = express();
  if (trust !== undefined) app.set('trust proxy', trust);
  app.use(rateLimit({ windowMs: 3_600_000, limit: 5, logger, ...options }));
  app.get('/', (_req, res) => void res.json('done'));
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const counts: number[] = [];
  for (const chains of sent) {
    let count = 0;
    for (const chain of chains) {
      const headers = { 'x-forwarded-for': chain };
      const answer = await fetch(`http://localhost:${port}/`, { headers });
      await answer.text();
      if (answer.ok) count += 1;
    }
    counts.push(count);
  }
  server.close();
  await once(server, 'close');
  return counts;
}

// #region proxies
const range = (count: number) => Array.from({ length: count }, (_, at) => at);

/** What arrives: what the client wrote, and then what each proxy added. */
const behind: Record<string, (client: string, wrote?: string) => string> = {
  // Client, load balancer, application.
  'one proxy': (client, wrote) => (wrote ? `${wrote}, ${client}` : client),
  // Client, CDN at 198.51.100.7, load balancer, application.
  'two proxies': (client, wrote) =>
    `${wrote ? `${wrote}, ` : ''}${client}, 198.51.100.7`,
};

/** 30 requests of one client, each with another invented address. */
const attacker = (chain: (client: string, wrote?: string) => string) =>
  range(30).map((at) => chain('203.0.113.9', `192.0.2.${at}`));
/** Three requests of each of three other clients. */
const others = (chain: (client: string) => string) =>
  range(9).map((at) => chain(`203.0.113.${100 + (at % 3)}`));

const settings = {
  'not set': undefined,
  true: true,
  '1 hop': 1,
  '2 hops': 2,
  subnets: ['loopback', '198.51.100.0/24'],
};

/** 30 requests of one customer of a provider, each from a new address. */
const networks = {
  'one /64': range(30).map((at) => `2001:db8:1:1::${at + 1}`),
  'one /56': range(30).map((at) => `2001:db8:1:${at}::1`),
  'one /48': range(30).map((at) => `2001:db8:1:${at}00::1`),
};
const keys: Record<string, Partial<Options>> = {
  'req.ip': { keyGenerator: (req: Request) => req.ip ?? '' },
  'default, /56': {},
  'ipv6Subnet 48': { ipv6Subnet: 48 },
};
// #endregion proxies

const line = (...cells: (string | number)[]) => {
  const widths = [16, 14, 13];
  const row = cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0));
  console.log(row.join('').trimEnd());
};
const expected: Record<string, number[][]> = {
  'one proxy': [
    [5, 0],
    [30, 9],
    [5, 9],
    [30, 9],
    [5, 9],
  ],
  'two proxies': [
    [5, 0],
    [30, 9],
    [5, 0],
    [5, 9],
    [5, 9],
  ],
};
for (const [place, chain] of Object.entries(behind)) {
  line(place, 'attacker (5)', 'others (9)', 'warning');
  const rows: number[][] = [];
  for (const [name, trust] of Object.entries(settings)) {
    warnings.length = 0;
    const counts = await passed([attacker(chain), others(chain)], trust);
    rows.push(counts);
    const [code = ''] = warnings;
    line(`  ${name}`, ...counts, code.replace('ERR_ERL_', ''));
  }
  assert.deepEqual(rows, expected[place], place);
}

line('IPv6, limit 5', ...Object.keys(networks));
const found: number[][] = [];
for (const [name, options] of Object.entries(keys)) {
  const counts = [];
  for (const addresses of Object.values(networks))
    counts.push(...(await passed([addresses], 1, options)));
  found.push(counts);
  line(`  ${name}`, ...counts);
}
assert.deepEqual(found, [
  [30, 30, 30],
  [5, 5, 30],
  [5, 5, 5],
]);
