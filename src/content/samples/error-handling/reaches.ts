import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
} from 'express';

const fault = () => new Error('fault');
const load = () => Promise.reject(fault());
/** What a careless `reject()` or `throw err` passes on. */
const nothing = undefined as unknown as Error;

// #region reaches
const faults: Record<string, RequestHandler> = {
  throw: () => {
    throw fault();
  },
  'throw in async': async () => {
    await Promise.resolve();
    throw fault();
  },
  'await, no try': async (_req, res) => {
    res.json(await load());
  },
  'return a promise': () => load(),
  'next(error)': (_req, _res, next) => next(fault()),
  'reject undefined': () => Promise.reject(nothing),
  'throw undefined': () => {
    throw nothing;
  },
};

const reply: ErrorRequestHandler = (error: Error, _req, res, _next) => {
  res.status(500).json({ caught: error.message });
};

/** Ways to register an error handler, and to be without one. */
const broken: Record<string, (app: Express, route: RequestHandler) => void> = {
  'three parameters': (app, route) => {
    const handler = (error: Error, _req: unknown, res: express.Response) => {
      res.status(500).json({ caught: error.message });
    };
    app.get('/', route).use(handler as unknown as RequestHandler);
  },
  'a default value': (app, route) => {
    const handler: ErrorRequestHandler = (error, req, res, next = () => {}) =>
      reply(error, req, res, next);
    app.get('/', route).use(handler);
  },
  'before the route': (app, route) => {
    app.use(reply).get('/', route);
  },
  'throws itself': (app, route) => {
    type Upstream = { response: { data: string } };
    const handler: ErrorRequestHandler = (
      error: Upstream,
      _req,
      res,
      _next,
    ) => {
      res.status(500).json({ caught: error.response.data });
    };
    app.get('/', route).use(handler);
  },
};
// #endregion reaches

// Express logs to stderr what no handler took.
console.error = () => {};

/** The answer to one request: JSON, or what Express wrote by itself. */
async function answerOf(routes: (app: Express) => void): Promise<string> {
  const app = express();
  app.set('env', 'development');
  routes(app);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://localhost:${port}/`);
  const text = await response.text();
  server.close();
  await once(server, 'close');
  if (text.startsWith('{')) return `${response.status} ${text}`;
  const [, name] = /<pre>(\w+): [^]*:\d+:\d+/.exec(text) ?? [];
  return `${response.status} HTML${name ? `, the stack of ${name}` : ''}`;
}

console.log('one handler, four parameters, after the routes');
for (const [name, route] of Object.entries(faults)) {
  const answer = await answerOf((app) => app.get('/', route).use(reply));
  console.log(' ', name.padEnd(17), answer);
  const special: Record<string, string> = {
    'reject undefined': '500 {"caught":"Rejected promise"}',
    'throw undefined': '404 HTML',
  };
  assert.equal(answer, special[name] ?? '500 {"caught":"fault"}');
}

console.log('other handlers, and a route that throws');
for (const [name, routes] of Object.entries(broken)) {
  const route: RequestHandler = () => {
    throw fault();
  };
  const answer = await answerOf((app) => routes(app, route));
  console.log(' ', name.padEnd(17), answer);
  // The last handler's own fault took the place of the one to report.
  const seen = name === 'throws itself' ? 'TypeError' : 'Error';
  assert.equal(answer, `500 HTML, the stack of ${seen}`);
}
