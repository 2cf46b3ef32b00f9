// needs: nginx
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { connect, createServer as listenTo, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';

// #region proxy
/** What goes into the block `http` of nginx.conf; times are in seconds. */
const conf = (listen: number, app: number, idle: number) => `
  upstream app {
    server 127.0.0.1:${app};
    keepalive 16;                  # idle connections, for each worker
    keepalive_timeout ${idle}s;          # nginx closes them after that
  }
  server {
    listen 127.0.0.1:${listen};
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-Proto $scheme;
      # Instead of what a client has sent: Express would believe that.
      proxy_set_header X-Forwarded-Host $host;
      # Adds the address of the client to whatever it has sent.
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }`;

type Case = { node: number; nginx: number; first: 'Node' | 'nginx' };
const cases: Case[] = [
  { node: 0.1, nginx: 60, first: 'Node' },
  { node: 65, nginx: 1, first: 'nginx' },
];

/** One request, a pause until one of the two closes the connection, one. */
async function afterAPause({ node, nginx }: Case, method: string) {
  const { server, seen } = app();
  server.keepAliveTimeout = node * 1000;
  return behindNginx(server, nginx, async (url, wire) => {
    await statusOf(url, 'GET');
    const closedFirst = await wire.closed;
    const status = await statusOf(url, method);
    return { closedFirst, status, seen: seen() - 1 };
  });
}

/** Whom Express takes a client for that claims to be 203.0.113.7. */
async function clientFor(trust: boolean | number) {
  const app = express().set('trust proxy', trust);
  app.get('/', (req, res) => void res.json([req.ip, req.hostname]));
  const claims = {
    'X-Forwarded-For': '203.0.113.7',
    'X-Forwarded-Host': 'evil.example',
  };
  const body = await behindNginx(createServer(app), 60, (url) =>
    bodyOf(url, claims),
  );
  const [client = '', host = ''] = JSON.parse(body) as string[];
  return { client, host };
}
// #endregion proxy

function app() {
  let requests = 0;
  const server = createServer((_req, res) => {
    requests += 1;
    res.end('done');
  });
  return { server, seen: () => requests };
}

async function statusOf(url: string, method: string): Promise<number> {
  const response = await fetch(url, { method });
  await response.arrayBuffer();
  return response.status;
}

/** Linux has all of 127.0.0.0/8: the client is not where the proxy is. */
async function bodyOf(url: string, headers: Record<string, string>) {
  const asked = request(url, { localAddress: '127.0.0.2', headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return text(response);
}

const portOf = (server: { address(): unknown }) =>
  (server.address() as AddressInfo).port;

/**
 * A wire on which the end of a connection takes its time: what Node closed is
 * closed for nginx only when nginx has sent something into it.
 */
async function wireTo(port: number) {
  const closed = Promise.withResolvers<'Node' | 'nginx'>();
  const wire = listenTo({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    far.on('data', (chunk) => near.write(chunk));
    near.on('data', (chunk) => {
      if (far.readableEnded) near.destroy();
      else far.write(chunk);
    });
    far.on('end', () => closed.resolve('Node'));
    near.on('end', () => {
      closed.resolve('nginx');
      far.end();
      near.end();
    });
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  return { wire, closed: closed.promise };
}

type Wire = { closed: Promise<'Node' | 'nginx'> };

/** Starts a server, the wire and a real nginx, and ends all three. */
async function behindNginx<T>(
  server: Server,
  idle: number,
  act: (url: string, wire: Wire) => Promise<T>,
): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { wire, closed } = await wireTo(portOf(server));
  const folder = await mkdtemp(join(tmpdir(), 'handbook-nginx-'));
  try {
    const { nginx, port } = await startNginx(folder, (listen) =>
      conf(listen, portOf(wire), idle),
    );
    try {
      return await act(`http://127.0.0.1:${port}/`, { closed });
    } finally {
      await nginx.stop();
    }
  } finally {
    wire.close();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
}

/** Starts nginx on a free port; on another one, if somebody was faster. */
async function startNginx(folder: string, http: (port: number) => string) {
  const pid = join(folder, 'nginx.pid');
  const log = join(folder, 'error.log');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n');
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    await writeFile(
      join(folder, 'nginx.conf'),
      `daemon off; master_process off; pid ${pid}; error_log ${log};
       events {}
       http {
         access_log off;
         ${temporary}
         ${http(port)}
       }`,
    );
    const args = ['-p', folder, '-e', log, '-c', 'nginx.conf'];
    const nginx = spawn('nginx', args, { stdio: 'ignore' });
    const kill = () => nginx.kill();
    process.once('exit', kill);
    let hasEnded = false;
    const ended = once(nginx, 'close').then(() => {
      hasEnded = true;
      process.off('exit', kill);
    });
    // It writes its pid when it listens, and ends if it cannot.
    while (!hasEnded && !existsSync(pid))
      await Promise.race([ended, sleep(10)]);
    const stop = () => {
      kill();
      return ended;
    };
    if (!hasEnded) return { nginx: { stop }, port };
  }
  throw new Error(await readFile(log, 'utf8'));
}

async function freePort(): Promise<number> {
  const probe = listenTo().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const port = portOf(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}

const expected = ['Node 200 1', 'Node 502 0', 'nginx 200 1', 'nginx 200 1'];
console.log('idle limits: Node  nginx  closes first  then  status  app saw');
for (const one of cases) {
  for (const method of ['GET', 'POST']) {
    const { closedFirst, status, seen } = await afterAPause(one, method);
    console.log(
      `${one.node} s`.padStart(17),
      `${one.nginx} s`.padStart(6),
      ` ${closedFirst.padEnd(12)}`,
      method.padEnd(5),
      String(status).padEnd(7),
      seen,
    );
    assert.equal(closedFirst, one.first);
    assert.equal(`${closedFirst} ${status} ${seen}`, expected.shift());
  }
}

console.log('\ntrust proxy  127.0.0.2 is taken for');
const clients: [boolean | number, string][] = [
  [false, '127.0.0.1'],
  [true, '203.0.113.7'],
  [1, '127.0.0.2'],
];
for (const [trust, expected] of clients) {
  const { client, host } = await clientFor(trust);
  console.log(String(trust).padEnd(12), client);
  assert.equal(client, expected);
  assert.equal(host, '127.0.0.1');
}
