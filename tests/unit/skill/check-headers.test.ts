import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type AddressInfo, type Server } from 'node:net';
import cors from 'cors';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { cookieProblems, headerProblems, plainProblems } from '../../../src/content/skill/scripts/header-rules.mjs';
import { findingsOf, installedSkill, runScript } from './script.ts';

const root = installedSkill();
afterAll(() => rmSync(root, { recursive: true }));

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

const listening = (server: Server): Promise<string> => {
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`)),
  );
};
const check = (url: string, ...args: string[]) => runScript(root, 'check-headers', ['--json', url, ...args]);
const rulesOf = async (listener: (request: IncomingMessage, response: ServerResponse) => void) => {
  const found = findingsOf(await check(await listening(createServer(listener))));
  return [...new Set(found.map(({ rule }) => rule))].sort();
};

const none = ["'none'"];
const closed = { defaultSrc: none, baseUri: none, formAction: none, frameAncestors: none };

/** As the page has it: headers first, its own answers for what it does not know. */
function careful(...middleware: RequestHandler[]) {
  const app = express();
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: closed } }));
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.use(...middleware, (_request, _response, next) => next());
  app.get('/orders', (_request, response) => void response.json([]));
  app.use((_request, response) => void response.status(404).json({ title: 'Not found' }));
  return app;
}

describe('check-headers', () => {
  test('has nothing to say about an API that sends what it should', async () => {
    const { code, stdout } = await check(await listening(createServer(careful())));
    expect([code, JSON.parse(stdout)]).toEqual([0, { findings: [], status: 200 }]);
  });

  test('lists what Express sends by itself', async () => {
    const app = express().get('/orders', (_request, response) => void response.json([]));
    expect(await rulesOf(app)).toEqual(['cache', 'nosniff', 'policy', 'powered-by']);
  });

  test('looks at an address that is not there, where helmet loses its policy', async () => {
    const app = express();
    app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: closed } }));
    app.get('/orders', (_request, response) => void response.set('Cache-Control', 'no-store').json([]));
    const found = findingsOf(await check(await listening(createServer(app))));
    expect(found.map(({ rule, request }) => [rule, request])).toEqual([
      ['cache', 'GET .../check-headers-finds-nothing-here'],
      ['policy', 'GET .../check-headers-finds-nothing-here'],
    ]);
  });

  test.each([
    ['reflects any origin', cors({ origin: true, credentials: true }), ['cors']],
    ['lets null in', cors({ origin: ['https://app.example', 'null'] }), ['cors']],
    ['compares no ends', cors({ origin: /127\.0\.0\.1/ }), []],
    ['lets everybody in, without cookies', cors(), []],
    ['lists one origin', cors({ origin: ['https://app.example'], credentials: true }), []],
    [
      'forgets Vary',
      ((_request, response, next) => {
        response.set('Access-Control-Allow-Origin', 'https://app.example');
        next();
      }) as RequestHandler,
      ['cors-vary'],
    ],
  ])('of a CORS that %s', async (_, middleware, expected) => {
    expect(await rulesOf(careful(middleware))).toEqual(expected);
  });

  test('tries origins that begin or end as the host does', async () => {
    const url = (await listening(createServer(careful(cors({ origin: /^http:\/\/localhost/ }))))).replace(
      '127.0.0.1',
      'localhost',
    );
    const found = findingsOf(await check(url));
    expect(found.map(({ request }) => request)).toEqual(['GET /orders, Origin: http://localhost.attacker.example']);
  });

  test('sends the login that it is given, and follows no redirect', async () => {
    const seen: (string | undefined)[] = [];
    const app = careful((request, response, next) => {
      seen.push(request.headers.authorization);
      if (request.path !== '/orders') return next();
      response.redirect('/elsewhere');
    });
    const { stdout } = await check(await listening(createServer(app)), '--header', 'Authorization: Bearer x');
    expect(JSON.parse(stdout)).toMatchObject({ status: 302 });
    expect(new Set(seen)).toEqual(new Set(['Bearer x']));
  });

  test('reads the head of an answer that does not end', async () => {
    const endless = await rulesOf((_request, response) => void response.writeHead(200).write('x'));
    expect(endless).toContain('cache');
  });

  test.each([
    ['no address', [], /Which address\?/],
    ['a file', ['file:///etc/passwd'], /is no http or https address/],
    ['no URL', ['orders'], /is no http or https address/],
    ['a password in the address', ['http://a:b@localhost/'], /Pass credentials by --header/],
    ['a broken header', ['http://localhost/', '--header', 'a b'], /takes 'Name: value'/],
    ['a header of two lines', ['http://localhost/', '--header', 'a: b\r\nc: d'], /takes 'Name: value'/],
    ['nobody there', ['http://127.0.0.1:1/'], /did not answer: ECONNREFUSED/],
  ])('says what to do about %s', async (_, args, message) => {
    const { code, stderr } = await runScript(root, 'check-headers', args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
  ])('says that a server speaks %s', async (_, bytes) => {
    const url = await listening(createRawServer((socket) => void socket.on('error', () => {}).end(bytes)));
    const { code, stderr } = await check(url);
    expect(code).toBe(2);
    expect(stderr).toMatch(/did not answer: \w+/);
  });
});

describe('rules that need TLS, or a cookie', () => {
  const https = new URL('https://api.example/');
  const good = {
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  };
  const rules = (headers: object) =>
    (headerProblems({ headers: { ...good, ...headers } }, https) as string[][]).map(([rule]) => rule);

  test('ask for a year of HSTS', () => {
    expect(rules({})).toEqual(['hsts']);
    expect(rules({ 'strict-transport-security': 'max-age=15552000' })).toEqual(['hsts']);
    expect(rules({ 'strict-transport-security': 'max-age="31536000"; includeSubDomains' })).toEqual([]);
    expect(rules({ 'strict-transport-security': 'max-age=63072000', 'x-xss-protection': '1; mode=block' })).toEqual([
      'xss-filter',
    ]);
  });

  test('let nobody be redirected from http', () => {
    expect(plainProblems(undefined)).toEqual([]);
    expect(plainProblems({ status: 403 })).toEqual([]);
    expect(plainProblems({ status: 301 })).toHaveLength(1);
    expect(plainProblems({ status: 200 })).toHaveLength(1);
  });

  test.each([
    ['__Host-sid=1; Path=/; Secure; HttpOnly; SameSite=Lax', 0],
    ['connect.sid=1; Path=/; HttpOnly', 2],
    ['csrf=1; Secure; SameSite=Strict', 0],
    ['sid=1; secure; httponly; samesite=None', 1],
    ['sid=1; Domain=example.com; Secure; HttpOnly; SameSite=Strict', 1],
    ['=; =; ;;', 3],
  ])('find in %s: %i', (cookie, count) => {
    expect(cookieProblems({ cookies: [cookie] })).toHaveLength(count);
  });
});
