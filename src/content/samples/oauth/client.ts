import { randomBytes } from 'node:crypto';
import cookieParser from 'cookie-parser';
import express, {
  type CookieOptions,
  type ErrorRequestHandler,
  type Request,
} from 'express';
import * as oidc from 'openid-client';

export type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

/** The cookie's value, or nothing. */
export function cookieOf(req: Request, name: string): string {
  const { [name]: value } = req.cookies as Record<string, unknown>;
  return typeof value === 'string' ? value : '';
}

/** Says what a refusal is called, for the log. */
export function reasonOf(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError) return error.error;
  if (error instanceof oidc.AuthorizationResponseError) return error.error;
  if (error instanceof oidc.ClientError) return error.code ?? error.name;
  return error instanceof Error ? error.message : String(error);
}

// #region client
const COOKIE: CookieOptions = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'lax', // Strict would stay away on the way back
};
/** What belongs to one attempt to sign in, in one browser. */
type Attempt = { verifier: string; state: string; nonce: string };
const newId = () => randomBytes(32).toString('base64url');

/** A website that lets a provider sign its users in. */
export function website(config: oidc.Configuration, callback: URL) {
  // Yours outlive a restart, and attempts are deleted after ten minutes.
  const attempts = new Map<string, Attempt>();
  const sessions = new Map<string, Tokens>();
  const refusals: string[] = [];
  const app = express();
  app.use(cookieParser());

  app.get('/login', async (_req, res) => {
    const attempt: Attempt = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
    };
    const id = newId();
    attempts.set(id, attempt);
    res.cookie('__Host-attempt', id, { ...COOKIE, maxAge: 600_000 });
    const { verifier, state, nonce } = attempt;
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: callback.href,
      scope: 'openid orders',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    res.redirect(url.href);
  });

  app.get('/callback', async (req, res) => {
    const id = cookieOf(req, '__Host-attempt');
    const attempt = attempts.get(id);
    attempts.delete(id); // one try for each attempt
    if (!attempt) throw new Error('no attempt');
    const url = new URL(req.originalUrl, callback);
    const tokens = await oidc.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: attempt.verifier,
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      idTokenExpected: true,
    });
    // From here on it is a session like any other. The tokens stay here.
    const session = newId();
    sessions.delete(cookieOf(req, '__Host-session')); // the one before
    sessions.set(session, tokens);
    res.clearCookie('__Host-attempt', COOKIE);
    res.cookie('__Host-session', session, COOKIE);
    res.redirect('/');
  });
  // #endregion client

  app.get('/', (req, res) => {
    const tokens = sessions.get(cookieOf(req, '__Host-session'));
    res.status(tokens ? 200 : 401).json(tokens?.claims()?.sub ?? null);
  });

  const reply: ErrorRequestHandler = (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    refusals.push(reasonOf(error));
    res.status(400).send('The sign-in failed. Please try again.');
  };
  app.use(reply);

  return { app, sessions, refusals };
}
