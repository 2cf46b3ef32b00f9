import assert from 'node:assert/strict';
import { both, type Routes } from './both.ts';

const ORDERS = [
  { id: 1, owner: 'ana' },
  { id: 2, owner: 'ben' },
];
interface Asked {
  filter?: { owner?: string };
}

const posted = (type: string, body: string) => ({
  method: 'POST',
  headers: { 'content-type': type },
  body,
});
const text = posted('text/plain', '{"name":"Ana"}'); // JSON, says nobody
const form = posted('application/x-www-form-urlencoded', 'item[id]=7');
const proxied = { headers: { 'x-forwarded-host': 'shop.example:8080' } };

type Case = [routes: Routes, path: string, request?: RequestInit];

// #region requests
const cases: Record<string, Case> = {
  'nested filter': [
    (app) =>
      app.get('/orders', (req, res) => {
        const { filter } = req.query as Asked;
        const isAsked = (order: { owner: string }) =>
          !filter?.owner || order.owner === filter.owner;
        res.json(ORDERS.filter(isAsked).map(({ id }) => id));
      }),
    '/orders?filter[owner]=ana',
  ],
  'nested form': [
    (app, express) =>
      app.use(express.urlencoded()).post('/', (req, res) => {
        res.json(req.body);
      }),
    '/',
    form,
  ],
  'query, a default': [
    (app) =>
      app.get('/', (req, res) => {
        req.query.page ??= '1';
        res.json(req.query);
      }),
    '/?size=5',
  ],
  'query, parsed': [
    (app) =>
      app.get('/', (req, res) => {
        req.query = { page: '1' };
        res.json(req.query);
      }),
    '/',
  ],
  'body, not JSON': [
    (app, express) =>
      app.use(express.json()).post('/', (req, res) => {
        const { name } = req.body as { name?: string };
        res.json(name ?? 'no name');
      }),
    '/',
    text,
  ],
  'body, no parser': [
    (app) =>
      app.post('/', (req, res) => {
        const { name } = req.body as { name?: string };
        res.json(name ?? 'no name');
      }),
    '/',
    text,
  ],
  'own property': [
    (app) =>
      app.get('/u/:id', (req, res) => {
        res.json(req.params.hasOwnProperty('id'));
      }),
    '/u/7',
  ],
  'req.host': [
    (app) =>
      app.set('trust proxy', 1).get('/', (req, res) => {
        res.json(req.host);
      }),
    '/',
    proxied,
  ],
};
// #endregion requests

const expected: Record<string, [four: string, five: string]> = {
  'nested filter': ['200 [1]', '200 [1,2]'],
  'nested form': ['200 {"item":{"id":"7"}}', '200 {"item[id]":"7"}'],
  'query, a default': ['200 {"size":"5","page":"1"}', '200 {"size":"5"}'],
  'query, parsed': ['200 {"page":"1"}', '500 TypeError'],
  'body, not JSON': ['200 "no name"', '500 TypeError'],
  'body, no parser': ['500 TypeError', '500 TypeError'],
  'own property': ['200 true', '500 TypeError'],
  'req.host': ['200 "shop.example"', '200 "shop.example:8080"'],
};

console.log('                 Express 4                   Express 5');
for (const [name, [routes, path, request]] of Object.entries(cases)) {
  const answers = await both(routes, path, request);
  const [four, five] = answers.map((answer) =>
    answer.replace(/(Error): .*/, '$1'),
  );
  console.log(name.padEnd(16), four?.padEnd(27), five);
  assert.deepEqual([four, five], expected[name]);
}

// What brings the old answers back, and the parser that is simple in both.
const nested: Routes = (app) =>
  app.set('query parser', 'extended').get('/', (req, res) => {
    res.json(req.query);
  });
const simple: Routes = (app) =>
  app.set('query parser', 'simple').get('/', (req, res) => {
    res.json(req.query);
  });
const [oldNested, newNested] = await both(nested, '/?filter[owner]=ana');
assert.equal(newNested, '200 {"filter":{"owner":"ana"}}');
assert.equal(oldNested, newNested);
const [oldSimple, newSimple] = await both(simple, '/?filter[owner]=ana');
assert.equal(newSimple, '200 {"filter[owner]":"ana"}');
assert.equal(oldSimple, newSimple);
