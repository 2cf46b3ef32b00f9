import express, { type Request } from 'express';
import session from 'express-session';

/** What a session holds. */
const heldBy = (request: Request) => request.session as { user?: string; cart?: string[] };

/** Stands for the table of users. */
export const isPasswordOf = (user: string, password: string) => user === 'ana' && password === 'correct horse';

export function makeApp(secret: string) {
  const app = express();
  app.use(express.json());
  app.use(session({ secret, resave: false, saveUninitialized: false }));
  app.post('/cart', (request, response) => {
    (heldBy(request).cart ??= []).push(String((request.body as { item?: unknown }).item));
    response.json({ cart: heldBy(request).cart });
  });
  // To be written: POST /login with user and password, POST /logout.
  app.get('/me', (request, response) => {
    const { user } = heldBy(request);
    if (user === undefined) return void response.status(401).json({ error: 'Log in first.' });
    response.json({ user });
  });

  return app;
}
