import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express5 from 'express';
import { both, express4, type Routes } from './both.ts';

// #region start
/** Two ways to start a server, here on a port that is taken. */
const starts: Record<string, (port: number, express: typeof express5) => void> =
  {
    careless(port, express) {
      express().listen(port, () => console.log('listening'));
    },
    careful(port, express) {
      express().listen(port, (error) => {
        if (error) throw error; // Express 4 never passes one
        console.log('listening');
      });
    },
  };

/** Three ways to serve `public/.well-known`, beside a `public/.env`. */
const statics: Record<string, (root: string) => Routes> = {
  'static(public)': (root) => (app, express) => app.use(express.static(root)),
  'dotfiles: allow': (root) => (app, express) =>
    app.use(express.static(root, { dotfiles: 'allow' })),
  'a second mount': (root) => (app, express) => {
    app.use('/.well-known', express.static(join(root, '.well-known')));
    app.use(express.static(root));
  },
};
// #endregion start

/** What a process that starts so prints, and how it ends. */
async function trial(way: string, version: string, port: number) {
  const args = [import.meta.filename, way, version, String(port)];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  const said = stdout.trim() || /EADDRINUSE/.exec(stderr)?.[0];
  return `${said}, exit ${code}`;
}

const [way, version, port] = process.argv.slice(2);
if (way !== undefined) {
  starts[way]?.(Number(port), version === '4' ? express4 : express5);
} else {
  const taken = createServer();
  // The address that Express will ask for: all of them.
  taken.listen(0);
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  console.log('                   Express 4           Express 5');
  for (const way of Object.keys(starts)) {
    const four = await trial(way, '4', port);
    const five = await trial(way, '5', port);
    console.log(`listen, ${way.padEnd(10)}`, four.padEnd(19), five);
    assert.equal(four, 'EADDRINUSE, exit 1');
    const isBad = way === 'careless';
    assert.equal(five, isBad ? 'listening, exit 0' : 'EADDRINUSE, exit 1');
  }
  taken.close();
  await once(taken, 'close');

  const root = await mkdtemp(join(tmpdir(), 'public-'));
  await mkdir(join(root, '.well-known'));
  await writeFile(join(root, '.well-known', 'security.txt'), 'Contact: us');
  await writeFile(join(root, '.env'), 'PASSWORD=secret');
  console.log('\n                   4: known  .env  5: known  .env');
  const seen: Record<string, string[]> = {};
  for (const [name, served] of Object.entries(statics)) {
    const known = await both(served(root), '/.well-known/security.txt');
    const env = await both(served(root), '/.env');
    const statuses = [known[0], env[0], known[1], env[1]].map((answer) =>
      answer.slice(0, 3),
    );
    seen[name] = statuses;
    const [a = '', b = '', c = '', d = ''] = statuses;
    console.log(name.padEnd(21), a.padEnd(6), b.padEnd(8), c.padEnd(6), d);
  }
  assert.deepEqual(seen, {
    'static(public)': ['200', '404', '404', '404'],
    'dotfiles: allow': ['200', '200', '200', '200'],
    'a second mount': ['200', '404', '200', '404'],
  });
  await rm(root, { recursive: true });
}
