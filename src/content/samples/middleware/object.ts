import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, {
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { Client } from 'pg';
import { z } from 'zod';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  CREATE TEMP TABLE customer_order (
    id    integer PRIMARY KEY,
    owner text NOT NULL,
    cents integer NOT NULL
  );
  INSERT INTO customer_order VALUES (1, 'ann', 4900), (2, 'bob', 129900);
`);

/** Stands for sessions or tokens. */
const users = new Map([['Bearer ann-token', 'ann']]);

const authenticate: RequestHandler = (req, res, next) => {
  const user = users.get(req.get('authorization') ?? '');
  if (!user) {
    res.set('WWW-Authenticate', 'Bearer').sendStatus(401);
    return;
  }
  res.locals.user = user;
  next();
};

const Params = z.object({ id: z.string().regex(/^\d{1,9}$/) });
/** No order has the id null: what is no id is not found. */
const idOf = (req: Request) => Params.safeParse(req.params).data?.id ?? null;
const userOf = (res: Response) => z.string().parse(res.locals.user);

const app = express();
app.use(authenticate);

// #region object
/** Refuses those who ask for somebody else, if the URL says who it is. */
const onlyOwner: RequestHandler = (req, res, next) => {
  const { user } = req.params;
  if (user && user !== userOf(res)) return void res.sendStatus(404);
  next();
};

// Registered for everything: no path was matched yet, so no parameter is set.
app.use('/guarded', onlyOwner);
app.get('/guarded/users/:user/orders', async (req, res) => {
  const { rows } = await db.query(
    'SELECT id, cents FROM customer_order WHERE owner = $1',
    [req.params.user],
  );
  res.json(rows);
});

// Registered for the route: but this URL does not name the owner.
app.get('/guarded/orders/:id', onlyOwner, async (req, res) => {
  const { rows } = await db.query(
    'SELECT id, cents FROM customer_order WHERE id = $1',
    [idOf(req)],
  );
  res.status(rows[0] ? 200 : 404).json(rows[0]);
});

// At the object: the statement that reads the order asks whose it is.
app.get('/orders/:id', async (req, res) => {
  const { rows } = await db.query(
    'SELECT id, cents FROM customer_order WHERE id = $1 AND owner = $2',
    [idOf(req), userOf(res)],
  );
  res.status(rows[0] ? 200 : 404).json(rows[0]);
});
// #endregion object

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const expected: [string, string][] = [
  ['/guarded/users/bob/orders', '200 [{"id":2,"cents":129900}]'],
  ['/guarded/orders/2', '200 {"id":2,"cents":129900}'],
  ['/orders/2', '404'],
  ['/orders/x', '404'],
  ['/orders/1', '200 {"id":1,"cents":4900}'],
];
console.log("with Ann's token; order 2 is Bob's");
for (const [path, answer] of expected) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    headers: { authorization: 'Bearer ann-token' },
  });
  const seen = `${response.status} ${await response.text()}`.trim();
  console.log(' ', path.padEnd(26), seen);
  assert.equal(seen, answer);
}

server.close();
await once(server, 'close');
await db.end();
