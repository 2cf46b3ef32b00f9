import express, { type Request } from 'express';
import session from 'express-session';

/** What a session holds. */
const heldBy = (request: Request) => request.session as { user?: string; cart?: string[] };

/** Stands for the table of users. */
export const isPasswordOf = (user: string, password: string) => user === 'ana' && password === 'correct horse';

export function makeApp(secret: string) {
  const app = express();
  // TLS ends at the one proxy in front.
  app.set('trust proxy', 1);
  app.use(express.json());
  app.use(
    session({
      secret,
      resave: false,
      saveUninitialized: false,
      name: '__Host-sid',
      cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: 3_600_000 },
    }),
  );
  app.post('/cart', (request, response) => {
    (heldBy(request).cart ??= []).push(String((request.body as { item?: unknown }).item));
    response.json({ cart: heldBy(request).cart });
  });
  app.post('/login', (request, response, next) => {
    const { user, password } = request.body as { user?: unknown; password?: unknown };
    if (typeof user !== 'string' || typeof password !== 'string') {
      return void response.status(400).json({ error: 'A user and a password, please.' });
    }
    if (!isPasswordOf(user, password)) return void response.status(401).json({ error: 'Wrong user or password.' });
    const { cart } = heldBy(request);
    // A new identifier: whoever knew the old one is not logged in by this.
    request.session.regenerate((error) => {
      if (error) return next(error);
      heldBy(request).user = user;
      if (cart) heldBy(request).cart = cart;
      response.json({ user });
    });
  });
  app.get('/me', (request, response) => {
    const { user } = heldBy(request);
    if (user === undefined) return void response.status(401).json({ error: 'Log in first.' });
    response.json({ user });
  });
  app.post('/logout', (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : void response.status(204).end()));
  });
  return app;
}
