import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { makeTemplate, onServer, template } from './database.ts';

const { DATABASE_URL = '' } = process.env;
const base = new URL(DATABASE_URL).pathname.slice(1);
const migrations = [
  `CREATE TABLE article (
     id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     name text NOT NULL
   )`,
];
await makeTemplate(migrations);
await onServer(...migrations);

// Answers when two have come.
const waiting: ServerResponse[] = [];
const gate = createServer((_req, res) => {
  waiting.push(res);
  if (waiting.length < 2) return;
  for (const one of waiting.splice(0)) one.writeHead(204).end();
}).listen(0);
await once(gate, 'listening');
const { port } = gate.address() as AddressInfo;

// #region workers
const command = ['--test', '--test-concurrency=2'];
const files = ['./stock.test.ts', './sales.test.ts'];

/** Runs both files at the same time, each in a process of its own. */
async function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [...command, ...files], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, GATE: `http://localhost:${port}`, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, printed };
}

const shared = await run({ SHARED: 'yes' });
const own = await run({});
// #endregion workers

console.log(`$ node ${command.join(' ')} ${files.join(' ')}`);
for (const [name, { code, printed }] of Object.entries({
  'one database': shared,
  'a copy for each worker': own,
})) {
  const results = printed.match(/^ℹ (pass|fail) \d+$/gm) ?? [];
  const counts = results.map((line) => line.slice(2)).join(', ');
  const wrong = [...new Set(printed.match(/\d+ !== \d+/g))].join();
  console.log(`  ${name.padEnd(24)}${counts}${wrong && `: ${wrong}`}`);
  assert.equal(code, name === 'one database' ? 1 : 0, printed);
}
assert.match(shared.printed, /^ℹ fail 2$/m);
assert.match(own.printed, /^ℹ pass 2$/m);

gate.close();
for (const name of ['worker_1', 'worker_2']) {
  // Throws if there was no such copy.
  await onServer(`DROP DATABASE ${base}_${name} WITH (FORCE)`);
}
await onServer(`DROP DATABASE ${template}`);
