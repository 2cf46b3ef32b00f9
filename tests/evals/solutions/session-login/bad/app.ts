import express, { type Request } from 'express';
import session from 'express-session';

/** What a session holds. */
const heldBy = (request: Request) => request.session as { user?: string; cart?: string[] };

/** Stands for the table of users. */
export const isPasswordOf = (user: string, password: string) => user === 'ana' && password === 'correct horse';

export function makeApp(secret: string) {
  const app = express();
  app.use(express.json());
  app.use(session({ secret, resave: false, saveUninitialized: false, cookie: { httpOnly: true } }));
  app.post('/cart', (request, response) => {
    (heldBy(request).cart ??= []).push(String((request.body as { item?: unknown }).item));
    response.json({ cart: heldBy(request).cart });
  });
  app.post('/login', (request, response) => {
    const { user, password } = request.body as { user: string; password: string };
    if (user !== 'ana') return void response.status(401).json({ error: 'No such user.' });
    if (!isPasswordOf(user, password)) return void response.status(401).json({ error: 'Wrong password.' });
    heldBy(request).user = user;
    // As long as there is no cart yet, the cookie has not been sent.
    response.json({ user });
  });
  app.get('/me', (request, response) => {
    const { user } = heldBy(request);
    if (user === undefined) return void response.status(401).json({ error: 'Log in first.' });
    response.json({ user });
  });
  app.post('/logout', (_request, response) => {
    response.clearCookie('connect.sid').status(204).end();
  });
  return app;
}
