import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type Request } from 'express';
import multer from 'multer';

// #region ways
const FOLDER = '/srv/uploads';
const limits = { fileSize: 100_000, files: 1, fields: 0, parts: 1 };

/** The name without what stands before the last slash: multer's default. */
const baseName = multer({ limits });
const originalName = (req: Request) => join(FOLDER, named(req));

/** The whole name, as for an upload of a folder. */
const wholeName = multer({ limits, preservePath: true });

/** The parameter's bytes are UTF-8, if a browser or curl has written it. */
const utf8Name = multer({ limits, defParamCharset: 'utf8' });

/** A name of our own. Theirs is text, to be shown and not to be opened. */
const ownName = () => join(FOLDER, `${randomUUID()}.png`);

function named(req: Request): string {
  assert(req.file);
  return req.file.originalname;
}

const app = express();
/** Where a file would be written. Here nothing is. */
const answer = (path: string, shown: string) => {
  const isInside = path.startsWith(`${FOLDER}/`) && !path.endsWith('/');
  const where = isInside ? path.slice(FOLDER.length + 1) : `OUT ${path}`;
  return { where, shown };
};
app.post('/baseName', baseName.single('file'), (req, res) => {
  res.json(answer(originalName(req), named(req)));
});
app.post('/wholeName', wholeName.single('file'), (req, res) => {
  res.json(answer(originalName(req), named(req)));
});
app.post('/ownName', utf8Name.single('file'), (req, res) => {
  res.json(answer(ownName(), named(req)));
});
// #endregion ways

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function upload(way: string, name: string) {
  // By hand, because FormData would escape what an attacker does not.
  const body = [
    '--border',
    `Content-Disposition: form-data; name="file"; filename="${name}"`,
    'Content-Type: image/png',
    '',
    'bytes',
    '--border--',
    '',
  ].join('\r\n');
  const response = await fetch(`http://localhost:${port}/${way}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=border' },
    body,
  });
  return (await response.json()) as ReturnType<typeof answer>;
}

const names: [string, base: string, whole: string][] = [
  ['cat.png', 'cat.png', 'cat.png'],
  ['../../etc/cron.d/job', 'job', 'OUT /etc/cron.d/job'],
  ['/etc/passwd', 'passwd', 'etc/passwd'],
  ['..\\\\..\\\\app.js', 'app.js', '..\\..\\app.js'],
  ['%2e%2e%2fapp.js', '%2e%2e%2fapp.js', '%2e%2e%2fapp.js'],
  ['.htaccess', '.htaccess', '.htaccess'],
  ['Zoë.png', 'ZoÃ«.png', 'ZoÃ«.png'],
  ['cat.png', 'cat.png', 'cat.png'],
];
const ROWS = { baseName: 1, wholeName: 2 } as const;
console.log('name sent'.padEnd(21), 'baseName'.padEnd(16), 'wholeName');
const paths: Record<string, Set<string>> = {};
const shown: string[] = [];
for (const row of names) {
  const cells: string[] = [];
  for (const way of ['baseName', 'wholeName', 'ownName'] as const) {
    const { where, shown: name } = await upload(way, row[0]);
    (paths[way] ??= new Set()).add(where);
    if (way === 'ownName') {
      assert.match(where, /^[\da-f-]{36}\.png$/);
      shown.push(name);
    } else {
      cells.push(where);
      assert.equal(where, row[ROWS[way]], `${way}: ${row[0]}`);
    }
  }
  console.log(row[0].padEnd(21), cells[0]?.padEnd(16), cells[1]);
}
console.log();
for (const [way, set] of Object.entries(paths)) {
  console.log(`${way.padEnd(9)} ${names.length} uploads, ${set.size} files`);
}
console.log(`with defParamCharset, the name reads ${shown[6]}`);
assert.equal(paths.ownName?.size, names.length);
assert.equal(paths.baseName?.size, names.length - 1);
assert.equal(shown[6], 'Zoë.png');

server.close();
await once(server, 'close');
