import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';

/** Another service: it owns the documents and knows who may read them. */
const OWNERS: Record<string, string> = {
  d1: 'ana',
  d2: 'ben',
  d3: 'ana',
  d4: 'ben',
};
const ADMINS: string[] = [];
const service = express();
service.get('/owner/:id', (req, res) => res.json(OWNERS[req.params.id]));
service.get('/admin/:user', (req, res) =>
  res.json(ADMINS.includes(req.params.user)),
);
const serving = service.listen(0);
await once(serving, 'listening');
const SERVICE = `http://localhost:${(serving.address() as AddressInfo).port}`;

async function ask(path: string): Promise<unknown> {
  const response = await fetch(SERVICE + path);
  return response.json();
}
const ownerOf = (id: string) => ask(`/owner/${id}`);
const isAdmin = async (user: string) => (await ask(`/admin/${user}`)) === true;
const mayRead = async (id: string) => (await ownerOf(id)) === 'ana';

/* eslint-disable @typescript-eslint/no-misused-promises --
   the rule that finds filter and some, and with checksVoidReturn forEach */
// #region callbacks
const ids = ['d1', 'd2', 'd3', 'd4'];
const users = ['ana', 'ben'];

/** An async callback where the method does not wait for one. */
const careless: Record<string, () => unknown> = {
  forEach() {
    const owners: unknown[] = [];
    ids.forEach(async (id) => {
      owners.push(await ownerOf(id));
    });
    return owners;
  },
  map: () => ids.map(ownerOf),
  filter: () => ids.filter(async (id) => mayRead(id)),
  some: () => users.some(async (user) => isAdmin(user)),
};

/** The same, awaited. */
const careful: Record<string, () => Promise<unknown>> = {
  async forEach() {
    const owners: unknown[] = [];
    for (const id of ids) owners.push(await ownerOf(id)); // one by one
    return owners;
  },
  map: () => Promise.all(ids.map(ownerOf)), // all at once
  async filter() {
    const allowed = await Promise.all(ids.map(mayRead));
    return ids.filter((_id, at) => allowed[at]);
  },
  async some() {
    for (const user of users) if (await isAdmin(user)) return true;
    return false; // asked no more than it had to
  },
};
// #endregion callbacks
/* eslint-enable @typescript-eslint/no-misused-promises */

/** Both ways as routes, since a promise looks different in JSON. */
const app = express();
app.get('/careless/:method', async (req, res) => {
  res.json(await careless[req.params.method]?.());
});
app.get('/careful/:method', async (req, res) => {
  res.json(await careful[req.params.method]?.());
});
const server = app.listen(0);
await once(server, 'listening');
const API = `http://localhost:${(server.address() as AddressInfo).port}`;

console.log('method    careless                 careful');
for (const method of Object.keys(careless)) {
  const answers: string[] = [];
  for (const way of ['careless', 'careful']) {
    const response = await fetch(`${API}/${way}/${method}`);
    answers.push(await response.text());
  }
  const [bad = '', right = ''] = answers;
  console.log(method.padEnd(9), bad.padEnd(24), right);
  const expected: Record<string, [bad: unknown, right: unknown]> = {
    forEach: [[], Object.values(OWNERS)],
    map: [ids.map(() => ({})), Object.values(OWNERS)],
    filter: [ids, ['d1', 'd3']],
    some: [true, false],
  };
  assert.deepEqual([JSON.parse(bad), JSON.parse(right)], expected[method]);
}

server.close();
serving.close();
await Promise.all([once(server, 'close'), once(serving, 'close')]);
