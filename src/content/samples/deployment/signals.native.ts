import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [, , role] = process.argv;
const folder = role ? '' : await mkdtemp(join(tmpdir(), 'handbook-signals-'));

// #region signals
/** A server that says where it is, and ends well at SIGTERM. */
async function serve() {
  const server = createServer((_req, res) => res.end('still here'));
  process.once('SIGTERM', () => {
    server.close(() => process.exit(0));
  });
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ port, pid: process.pid }));
}

const NODE = `"${process.execPath}" "${import.meta.filename}" serve`;
const scripts = {
  'start.sh': `
    echo 'migrations are applied here' >&2
    ${NODE}
  `,
  'exec.sh': `
    echo 'migrations are applied here' >&2
    exec ${NODE}
  `,
};
const starts = {
  node: [process.execPath, import.meta.filename, 'serve'],
  'sh start.sh': ['sh', join(folder, 'start.sh')],
  'sh exec.sh': ['sh', join(folder, 'exec.sh')],
};

/** Sends SIGTERM to what was started, as `docker stop` does to PID 1. */
async function stop([command = '', ...args]: string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { port, pid } = JSON.parse(line.toString()) as Record<string, number>;
  child.kill('SIGTERM');
  const [code, signal] = await ended;
  const server = await fetch(`http://localhost:${port}`).then(
    (response) => response.text(),
    () => 'gone',
  );
  return { started: signal ?? `code ${code}`, server, pid };
}
// #endregion signals

if (role) {
  await serve();
} else {
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), script);
  }
  const expected: Record<string, [string, string]> = {
    node: ['code 0', 'gone'],
    'sh start.sh': ['SIGTERM', 'still here'],
    'sh exec.sh': ['code 0', 'gone'],
  };
  console.log('started as   ended by  the server is');
  for (const [name, command] of Object.entries(starts)) {
    const { started, server, pid } = await stop(command);
    if (server !== 'gone' && pid) process.kill(pid, 'SIGKILL');
    console.log(name.padEnd(12), started.padEnd(9), server);
    assert.deepEqual([started, server], expected[name]);
  }
  await rm(folder, { recursive: true });
}
