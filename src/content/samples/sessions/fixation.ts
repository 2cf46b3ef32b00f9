import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import cookieParser from 'cookie-parser';
import express, { type Express, type Request } from 'express';
import session from 'express-session';

declare module 'express-session' {
  interface SessionData {
    cart?: string[];
    user?: string;
  }
}

/** The cart of a visitor, and who signed in: what each shop remembers. */
type Visit = { cart?: string[]; user?: string };

// #region logins
/** Takes any id for a session, as long as somebody sends one. */
const visits = new Map<string, Visit>();
function visitOf(req: Request): Visit {
  const { sid = crypto.randomUUID() } = req.cookies as { sid?: string };
  const visit = visits.get(sid) ?? {};
  visits.set(sid, visit);
  req.res?.cookie('sid', sid);
  return visit;
}

/** Signs in to whatever session the browser came with. */
function keepsId(req: Request, user: string) {
  req.session.user = user;
}

/** Ends that session, starts another, and takes the cart along. */
async function regenerates(req: Request, user: string) {
  const { cart } = req.session;
  await promisify(req.session.regenerate.bind(req.session))();
  if (cart) req.session.cart = cart;
  req.session.user = user;
}
// #endregion logins

/** The shop around a login: the password has been checked before. */
function shop(
  visit: (req: Request) => Visit,
  login: (req: Request, user: string) => unknown,
): Express {
  const app = express();
  app.post('/cart/:item', (req, res) => {
    const { item } = req.params;
    (visit(req).cart ??= []).push(item);
    res.sendStatus(204);
  });
  app.post('/login/:user', async (req, res) => {
    await login(req, req.params.user);
    res.sendStatus(204);
  });
  app.get('/me', (req, res) => {
    const { user, cart } = visit(req);
    res.status(user ? 200 : 401).json({ user, cart });
  });
  return express().use(middlewareOf(visit), app);
}

function middlewareOf(visit: (req: Request) => Visit) {
  if (visit === visitOf) return cookieParser();
  const options = { secret: 'of 32 random bytes, from the environment' };
  return session({ ...options, resave: false, saveUninitialized: false });
}

const shops = {
  adoptsAnyId: shop(visitOf, (req, user) => {
    visitOf(req).user = user;
  }),
  keepsId: shop((req) => req.session, keepsId),
  regenerates: shop((req) => req.session, regenerates),
};

/** Name and value of the cookie that an answer sets, for the next request. */
const cookieIn = (response: Response) =>
  response.headers.getSetCookie()[0]?.split(';')[0];

async function attack(app: Express, planted: string | undefined) {
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = (method: string, path: string, cookie?: string) =>
    fetch(`http://localhost:${port}${path}`, {
      method,
      headers: cookie ? { cookie } : {},
    });

  // The attacker visits the shop, unless any made-up id will do ...
  planted ??= cookieIn(await ask('POST', '/cart/tea'));
  assert(planted);
  const before = await ask('GET', '/me', planted);
  // ... and plants the cookie in Mia's browser. She signs in with it.
  const login = await ask('POST', '/login/mia', planted);
  const hers = cookieIn(login) ?? planted;
  const mine = await ask('GET', '/me', hers);
  // The attacker still has a copy.
  const after = await ask('GET', '/me', planted);

  server.close();
  await once(server, 'close');
  const mia = JSON.stringify(await mine.json());
  return { before: before.status, after: after.status, mia };
}

console.log("the attacker's copy of the cookie, before and after Mia's login");
for (const [name, app] of Object.entries(shops)) {
  const planted = name === 'adoptsAnyId' ? 'sid=made-up' : undefined;
  const { before, after, mia } = await attack(app, planted);
  console.log(`  ${name.padEnd(13)}${before}  ${after}   Mia sees ${mia}`);
  assert.equal(before, 401);
  assert.equal(after, name === 'regenerates' ? 401 : 200);
  const cart = name === 'adoptsAnyId' ? {} : { cart: ['tea'] };
  assert.deepEqual(JSON.parse(mia), { user: 'mia', ...cart });
}
