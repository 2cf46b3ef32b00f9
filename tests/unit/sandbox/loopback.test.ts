import { expect, test } from 'vitest';
import { loopbackFetch } from '../../../src/sandbox/node/fetch.ts';
import { ClientRequest, createServer, get } from '../../../src/sandbox/node/http.ts';
import type { IncomingMessage, ServerResponse } from '../../../src/sandbox/node/http-message.ts';
import { holds } from '../../../src/sandbox/node/lifetime.ts';
import * as net from '../../../src/sandbox/node/net.ts';

const once = (emitter: NodeJS.EventEmitter, name: string) =>
  new Promise<unknown>((resolve) => emitter.once(name, resolve));

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server for one test, and how to ask it. */
async function serving(handler: Handler) {
  const server = createServer(handler);
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address()!;
  return {
    ask: (path = '/', init?: RequestInit) => loopbackFetch(`http://localhost:${port}${path}`, init),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

test('a socket and a server exchange bytes, and both know when it is over', async () => {
  const server = net.createServer((socket: net.Socket) => {
    socket.on('data', (chunk) => socket.write(`echo ${String(chunk)}`));
  });
  server.listen(0);
  await once(server, 'listening');
  const socket = net.connect({ port: server.address()!.port, host: '127.0.0.1' });
  await once(socket, 'connect');
  expect(holds()).toBeGreaterThan(0);
  socket.write('hello');
  expect(String(await once(socket, 'data'))).toBe('echo hello');
  socket.end();
  await once(socket, 'close');
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(holds()).toBe(0);
});

test.each([
  ['localhost', 'ECONNREFUSED'],
  ['example.com', 'ENOTFOUND'],
])('nobody is reached at %s: %s', async (host, code) => {
  const socket = net.connect({ port: 9, host });
  expect(await once(socket, 'error')).toMatchObject({ code });
  const error = await loopbackFetch(`http://${host}:9/`).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ message: 'fetch failed', cause: { code } });
});

test('a port that is taken says so', async () => {
  const first = net.createServer().listen(4000);
  const second = net.createServer().listen(4000);
  expect(await once(second as never, 'error')).toMatchObject({ code: 'EADDRINUSE' });
  await new Promise<void>((resolve) => first.close(() => resolve()));
});

test('a request arrives with its body and headers, an answer with all its cookies', async () => {
  const { ask, close } = await serving((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.writeHead(201, { 'X-Method': request.method ?? '' });
      response.end(JSON.stringify({ body, type: request.headers['content-type'] }));
    });
  });
  const response = await ask('/', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('x-method')).toBe('POST');
  expect(await response.json()).toEqual({ body: '{}', type: 'application/json' });
  await close();
  expect(holds()).toBe(0);
});

test('HEAD and 204 have no body, and headers cannot be sent twice', async () => {
  const { ask, close } = await serving((request, response) => {
    if (request.url === '/twice') {
      response.end('once');
      try {
        response.setHeader('x', 'y');
      } catch (error) {
        codes.push((error as NodeJS.ErrnoException).code);
      }
      return;
    }
    response.statusCode = request.url === '/none' ? 204 : 200;
    response.end(request.url === '/none' ? undefined : 'text');
  });
  const codes: unknown[] = [];
  expect(await (await ask('/', { method: 'HEAD' })).text()).toBe('');
  expect((await ask('/', { method: 'HEAD' })).headers.get('content-length')).toBe('4');
  expect((await ask('/none')).status).toBe(204);
  await ask('/twice');
  expect(codes).toEqual(['ERR_HTTP_HEADERS_SENT']);
  await close();
});

test('headers that nobody sends go through writeHead, for packages that replace it to add one', async () => {
  const { ask, close } = await serving((request, response) => {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (...all) => {
      response.setHeader('Set-Cookie', 'a=1');
      return writeHead(...all);
    };
    if (request.url === '/written') response.write('b');
    if (request.url === '/flushed') response.flushHeaders();
    response.end('c');
  });
  for (const path of ['/ended', '/written', '/flushed']) {
    expect((await ask(path)).headers.getSetCookie(), path).toEqual(['a=1']);
  }
  const { headers } = await ask('/ended');
  expect([headers.get('content-length'), headers.get('transfer-encoding')]).toEqual(['1', null]);
  await close();
});

test('a status is made a number, and is refused out of range', async () => {
  const { ask, close } = await serving((request, response) => {
    response.statusCode = (request.url === '/text' ? '404' : 42) as number;
    try {
      response.end();
    } catch (error) {
      response.statusCode = 500;
      response.end((error as Error).message);
    }
  });
  expect((await ask('/text')).status).toBe(404);
  expect(await (await ask('/range')).text()).toBe('Invalid status code: 42');
  await close();
});

test('a line break in a header is refused', async () => {
  const codes: unknown[] = [];
  const { ask, close } = await serving((_request, response) => {
    try {
      response.setHeader('Location', 'a\r\nSet-Cookie: b');
    } catch (error) {
      codes.push((error as NodeJS.ErrnoException).code);
    }
    response.end();
  });
  await ask();
  expect(codes).toEqual(['ERR_INVALID_CHAR']);
  await close();
});

test('a server that hangs up is heard of, before the answer and in the middle of it', async () => {
  const { ask, close } = await serving((request, response) => {
    if (request.url === '/early') return void request.socket.destroy();
    response.write('half');
    setTimeout(() => response.destroy(), 10);
  });
  expect(await ask('/early').catch((error: unknown) => error)).toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  const response = await ask();
  expect(await response.text().catch((error: unknown) => error)).toMatchObject({ message: 'terminated' });
  await close();
});

test('a client that goes away closes the request', async () => {
  const closed = Promise.withResolvers<boolean>();
  const { ask, close } = await serving((request, response) => {
    response.on('close', () => closed.resolve(response.writableFinished));
    void request;
  });
  const signal = AbortSignal.timeout(20);
  expect(await ask('/', { signal }).catch((error: unknown) => (error as Error).name)).toBe('TimeoutError');
  expect(await closed.promise).toBe(false);
  await close();
});

test('a redirect is followed, with GET after a POST that was answered 303', async () => {
  const { ask, close } = await serving((request, response) => {
    if (request.url === '/') response.writeHead(303, { location: '/there' });
    response.end(`${request.method} ${request.url}`);
  });
  const response = await ask('/', { method: 'POST', body: 'x' });
  expect(await response.text()).toBe('GET /there');
  expect(response.redirected).toBe(true);
  expect((await ask('/', { redirect: 'manual' })).status).toBe(303);
  await close();
});

test('what is written while corked arrives in one piece', async () => {
  const pieces: string[] = [];
  const server = net.createServer((socket: net.Socket) => socket.on('data', (chunk) => pieces.push(String(chunk))));
  server.listen(0);
  await once(server, 'listening');
  const socket = net.connect({ port: server.address()!.port });
  await once(socket, 'connect');
  socket.cork();
  for (const word of ['parse', 'bind', 'execute', 'sync']) socket.write(word);
  socket.uncork();
  socket.end();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(pieces).toEqual(['parsebindexecutesync']);
});

test('http.get is answered, with its headers and its body, and ends', async () => {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Link', `<${request.url}>`);
    setTimeout(() => response.end('body'), 5);
  });
  server.listen(0);
  await once(server, 'listening');
  const request = get({ port: server.address()!.port, path: '//a b' });
  const response = (await once(request as never, 'response')) as IncomingMessage;
  let body = '';
  response.on('data', (chunk) => (body += String(chunk)));
  await once(response as never, 'end');
  expect([response.statusCode, response.headers['link'], body]).toEqual([200, '<//a b>', 'body']);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(holds()).toBe(0);
});

test('http.request sends what is written to it', async () => {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.pipe(response as never);
  });
  server.listen(0);
  await once(server, 'listening');
  const sent = new ClientRequest({ port: server.address()!.port, method: 'POST' });
  sent.write('one ');
  sent.end('two');
  const response = (await once(sent as never, 'response')) as IncomingMessage;
  const chunks: unknown[] = [];
  for await (const chunk of response) chunks.push(chunk);
  expect(Buffer.concat(chunks as Buffer[]).toString()).toBe('one two');
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
