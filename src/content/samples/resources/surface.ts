import assert from 'node:assert/strict';
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import cors from 'cors';
import express, {
  Router,
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type Response,
} from 'express';
import { z } from 'zod';

type Product = { id: string; name: string };
/** Stands for the table; the methods are what this program is about. */
const products = new Map<string, Product>();
let lastId = 0;

function added(name: string): Product {
  lastId += 1;
  const product = { id: String(lastId), name };
  products.set(product.id, product);
  return product;
}

const NewProduct = z.strictObject({ name: z.string().min(1).max(100) });

/** Says no more than the status does (RFC 9457). */
function problem(res: Response, status: number): void {
  res
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .json({ type: 'about:blank', title: STATUS_CODES[status], status });
}

// #region surface
/** Verbs in the path: every one of them is a GET or a POST. */
function careless(app: Express) {
  app.get('/products', (_req, res) => {
    const links = [...products.keys()].map((id) => `/products/${id}/delete`);
    res.json({ items: [...products.values()], links });
  });
  app.get('/products/:id/delete', (req, res) => {
    products.delete(req.params.id);
    res.json({ deleted: true });
  });
  app.post('/products', (req, res) => {
    res.json(added(NewProduct.parse(req.body).name));
  });
}

/** The methods of one resource. */
type Methods = Partial<
  Record<'get' | 'post' | 'put' | 'patch' | 'delete', RequestHandler>
>;

/** Routes for one path: what it has, what OPTIONS says, and 405. */
function resource(path: string, methods: Methods): Router {
  const router = Router();
  const route = router.route(path);
  for (const [method, handler] of Object.entries(methods)) {
    route[method as keyof Methods](handler);
  }
  const names = Object.keys(methods).map((name) => name.toUpperCase());
  if (methods.get) names.push('HEAD');
  const allow = [...names, 'OPTIONS'].join(', ');
  route.all((req, res) => {
    res.set('Allow', allow);
    if (req.method === 'OPTIONS') res.status(204).end();
    else problem(res, 405);
  });
  return router;
}

function careful(app: Express) {
  app.use(
    resource('/products', {
      get: (_req, res) => {
        const links = [...products.keys()].map((id) => `/products/${id}`);
        res.json({ items: [...products.values()], links });
      },
      post: (req, res) => {
        const product = added(NewProduct.parse(req.body).name);
        res.status(201).location(`/products/${product.id}`).json(product);
      },
    }),
    resource('/products/:id', {
      get: (req, res) => {
        const product = products.get(String(req.params.id));
        if (product) res.json(product);
        else problem(res, 404);
      },
      delete: (req, res) => {
        products.delete(String(req.params.id));
        res.status(204).end();
      },
    }),
  );
}
// #endregion surface

const lastResort: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  if (error instanceof z.ZodError) return problem(res, 400);
  console.error(error);
  problem(res, 500);
};

type Answer = { status: number; headers: Headers; text: string };
const said = ({ status, headers }: Answer, name: string) =>
  `${status} ${name}: ${headers.get(name) ?? '-'}`;

const Links = z.object({ links: z.array(z.string()) });

/** Asks both APIs the same questions. */
async function answersOf(routes: (app: Express) => void) {
  products.clear();
  lastId = 0;
  for (const name of ['Nut', 'Washer']) added(name);
  const app = express();
  app.use(express.json());
  routes(app);
  app.use(lastResort);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function ask(method: string, path: string, body?: object) {
    const response = await fetch(`http://localhost:${port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
    const { status, headers } = response;
    return { status, headers, text: await response.text() };
  }

  const created = await ask('POST', '/products', { name: 'Bolt' });
  const wrong = await ask('PUT', '/products', { name: 'Bolt' });
  const options = await ask('OPTIONS', '/products');
  const head = await ask('HEAD', '/products');
  const unknown = await ask('GET', '/product');
  const { links } = Links.parse(
    JSON.parse((await ask('GET', '/products')).text),
  );
  // A link checker asks for the head of each, and reads nothing else.
  for (const link of links) await ask('HEAD', link);
  const lines = {
    'POST /products': said(created, 'location'),
    'PUT /products': said(wrong, 'allow'),
    'OPTIONS /products': said(options, 'allow'),
    'HEAD /products': `${head.status}, ${head.text.length} bytes`,
    'GET /product': `${unknown.status}`,
    'left of 3 after HEAD': `${products.size}`,
  };
  server.close();
  await once(server, 'close');
  return lines;
}

/** What a browser hears that asks whether another site may send a POST. */
async function preflightOf(order: 'before' | 'after') {
  const app = express();
  const ours = cors({ origin: 'https://shop.example' });
  if (order === 'before') app.use(ours);
  careful(app);
  if (order === 'after') app.use(ours);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { status, headers } = await fetch(`http://localhost:${port}/products`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://shop.example',
      'Access-Control-Request-Method': 'POST',
    },
  });
  server.close();
  await once(server, 'close');
  return `${status} for ${headers.get('access-control-allow-origin') ?? '-'}`;
}

const bad = await answersOf(careless);
const good = await answersOf(careful);
for (const [name, lines] of [
  ['verbs in the path', bad],
  ['resources', good],
] as const) {
  console.log(name);
  for (const [question, answer] of Object.entries(lines)) {
    console.log(' ', question.padEnd(21), answer);
  }
}

const preflights = {
  'cors before': await preflightOf('before'),
  'cors after': await preflightOf('after'),
};
console.log('preflight of the resources');
for (const [order, answer] of Object.entries(preflights)) {
  console.log(' ', order.padEnd(21), answer);
}
assert.deepEqual(preflights, {
  'cors before': '204 for https://shop.example',
  'cors after': '204 for -',
});

assert.equal(bad['PUT /products'], '404 allow: -');
assert.equal(bad['left of 3 after HEAD'], '0');
assert.equal(good['POST /products'], '201 location: /products/3');
assert.equal(good['PUT /products'], '405 allow: GET, POST, HEAD, OPTIONS');
assert.equal(good['OPTIONS /products'], '204 allow: GET, POST, HEAD, OPTIONS');
assert.equal(good['HEAD /products'], '200, 0 bytes');
assert.equal(good['GET /product'], '404');
assert.equal(good['left of 3 after HEAD'], '3');
