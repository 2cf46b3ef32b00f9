import assert from 'node:assert/strict';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import cookieParser from 'cookie-parser';
import { doubleCsrf } from 'csrf-csrf';
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { z } from 'zod';

const secret = randomBytes(32).toString('hex');
const Cookies = z.object({ session: z.string(), csrf: z.string() }).partial();
const cookiesOf = (req: Request) => Cookies.parse(req.cookies);

// #region defences
/** From the form and from nowhere else: the cookie comes by itself. */
const tokenOf = (req: Request) =>
  z.object({ csrf: z.string() }).safeParse(req.body).data?.csrf;

type Defence = {
  issue: (req: Request, res: Response) => string;
  protect: RequestHandler;
};

/** Whatever the cookie says, the form has to say as well. */
const naive: Defence = {
  issue: (_req, res) => {
    const token = randomBytes(32).toString('hex');
    res.cookie('csrf', token, { httpOnly: true, sameSite: 'strict' });
    return token;
  },
  protect: (req, res, next) => {
    const sent = Buffer.from(tokenOf(req) ?? '');
    const kept = Buffer.from(cookiesOf(req).csrf ?? '');
    const isEqual =
      kept.length > 0 &&
      sent.length === kept.length &&
      timingSafeEqual(sent, kept);
    if (!isEqual) return void res.sendStatus(403);
    next();
  },
};

/** The token is an HMAC over what `identify` returns, and a random part. */
function signed(
  identify: (req: Request) => string,
  sentIn: (req: Request) => string | undefined = tokenOf,
): Defence {
  const { generateCsrfToken, doubleCsrfProtection } = doubleCsrf({
    getSecret: () => secret,
    getSessionIdentifier: identify,
    getCsrfTokenFromRequest: sentIn,
    cookieName: 'csrf', // with HTTPS, leave the default: __Host-...
  });
  return {
    issue: (req, res) => generateCsrfToken(req, res),
    protect: doubleCsrfProtection,
  };
}

/** Never an empty text, which would be the same for everybody again. */
function sessionOf(req: Request): string {
  const { session } = cookiesOf(req);
  if (!session) throw Object.assign(new Error('no session'), { status: 401 });
  return session;
}

/** Generous: from the form, or from wherever else there is one. */
const anywhere = (req: Request) => tokenOf(req) ?? cookiesOf(req).csrf;

const defences: Record<string, Defence> = {
  naive,
  signed: signed(() => 'the same for everybody'),
  bound: signed(sessionOf),
  anywhere: signed(sessionOf, anywhere),
};
// #endregion defences

const codes = new Set<string>();
const onError: ErrorRequestHandler = (error, _req, res, next) => {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code !== 'EBADCSRFTOKEN') return next(error);
  codes.add(code);
  res.sendStatus(statusCode ?? 403);
};

async function served<T>(
  { issue, protect }: Defence,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const app = express();
  app.use(cookieParser(), express.urlencoded({ extended: false }));
  app.get('/form', (req, res) => void res.json({ csrf: issue(req, res) }));
  app.post('/transfer', protect, (_req, res) => void res.sendStatus(204));
  app.use(onError);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await use(`http://localhost:${port}`);
  } finally {
    server.close();
    await once(server, 'close');
  }
}

/** The token that a session is given with its form. */
async function tokenFor(url: string, session: string) {
  const cookie = `session=${session}`;
  const response = await fetch(`${url}/form`, { headers: { cookie } });
  return z.object({ csrf: z.string() }).parse(await response.json()).csrf;
}

async function transfer(
  url: string,
  session: string,
  cookie: string,
  field: string,
) {
  const response = await fetch(`${url}/transfer`, {
    method: 'POST',
    headers: { cookie: `session=${session}; csrf=${cookie}` },
    body: new URLSearchParams(field ? { csrf: field } : {}),
  });
  await response.text();
  return response.status;
}

const attempts: Record<string, (url: string) => Promise<number>> = {
  'her own form': async (url) => {
    const token = await tokenFor(url, 'ann-1');
    return transfer(url, 'ann-1', token, token);
  },
  'forged, no token': async (url) =>
    transfer(url, 'ann-1', await tokenFor(url, 'ann-1'), ''),
  'made up and planted': (url) => transfer(url, 'ann-1', 'a.b', 'a.b'),
  "Eve's, planted": async (url) => {
    const token = await tokenFor(url, 'eve-1');
    return transfer(url, 'ann-1', token, token);
  },
  'kept over a login': async (url) => {
    const token = await tokenFor(url, 'ann-1');
    return transfer(url, 'ann-2', token, token);
  },
};

const seen: number[][] = [];
console.log('token'.padEnd(20), 'naive  signed  bound  anywhere');
for (const [what, attempt] of Object.entries(attempts)) {
  const statuses: number[] = [];
  for (const defence of Object.values(defences)) {
    statuses.push(await served(defence, attempt));
  }
  const [first = 0, second = 0, ...rest] = statuses;
  console.log(
    what.padEnd(20),
    `${first}    ${second}     ${rest.join('    ')}`,
  );
  seen.push(statuses);
}
assert.deepEqual(seen, [
  [204, 204, 204, 204],
  [403, 403, 403, 204],
  [204, 403, 403, 403],
  [204, 204, 403, 403],
  [204, 204, 403, 403],
]);
assert.deepEqual([...codes], ['EBADCSRFTOKEN']);
