import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import multer from 'multer';
import { kindOf, png } from './kind.ts';

// #region checks
const limits = { fileSize: 100_000, files: 1, fields: 0, parts: 1 };

/** What the client says it is. */
const byDeclaredType = multer({
  limits,
  fileFilter: (_req, file, done) => done(null, file.mimetype === 'image/png'),
});

/** What the client calls it. */
const byExtension = multer({
  limits,
  fileFilter: (_req, file, done) =>
    done(null, /\.png/i.test(file.originalname)),
});

/** What it is. At the time of fileFilter there are no bytes yet. */
const byContent = multer({ limits });

const app = express();
app.post('/byDeclaredType', byDeclaredType.single('file'), (req, res) => {
  res.sendStatus(req.file ? 201 : 415);
});
app.post('/byExtension', byExtension.single('file'), (req, res) => {
  res.sendStatus(req.file ? 201 : 415);
});
app.post('/byContent', byContent.single('file'), (req, res) => {
  const kind = req.file && kindOf(req.file.buffer);
  res.sendStatus(kind?.type === 'image/png' ? 201 : 415);
});
// #endregion checks

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const html = Buffer.from('<script>alert(document.cookie)</script>');
const photo = png(800, 600);
type Upload = [what: string, name: string, type: string, bytes: Buffer];
const uploads: [Upload, string][] = [
  [['a PNG', 'cat.png', 'image/png', photo], '201 201 201'],
  [['a PNG, unnamed type', 'cat', '', photo], '415 415 201'],
  [['HTML, called image/png', 'cat.html', 'image/png', html], '201 415 415'],
  [['HTML, called cat.png', 'cat.png', 'text/html', html], '415 201 415'],
  [['HTML, called both', 'cat.png', 'image/png', html], '201 201 415'],
  [['HTML, cat.png.html', 'cat.png.html', 'text/html', html], '415 201 415'],
  [
    ['HTML after 8 bytes of PNG', 'a.png', 'image/png', after(photo, 8)],
    '201 201 415',
  ],
  [
    ['HTML after a whole PNG', 'a.png', 'image/png', after(photo)],
    '201 201 415',
  ],
  [
    ['a PNG cut short', 'a.png', 'image/png', photo.subarray(0, -9)],
    '201 201 415',
  ],
  [
    ['a PNG, 60,000 x 60,000', 'a.png', 'image/png', png(60_000, 60_000)],
    '201 201 415',
  ],
  [
    ['HTML in a PNG comment', 'a.png', 'image/png', png(8, 8, String(html))],
    '201 201 201',
  ],
];

function after(bytes: Buffer, length = bytes.length): Buffer {
  return Buffer.concat([bytes.subarray(0, length), html]);
}

const checks = ['byDeclaredType', 'byExtension', 'byContent'];
console.log(' '.repeat(26), checks.join('  '));
for (const [[what, name, type, bytes], expected] of uploads) {
  const statuses: number[] = [];
  for (const check of checks) {
    const form = new FormData();
    form.append('file', new File([new Uint8Array(bytes)], name, { type }));
    const { status } = await fetch(`http://localhost:${port}/${check}`, {
      method: 'POST',
      body: form,
    });
    statuses.push(status);
  }
  const cells = statuses.map((status, i) =>
    String(status).padEnd(checks[i]?.length ?? 0),
  );
  console.log(what.padEnd(26), cells.join('  ').trimEnd());
  assert.equal(statuses.join(' '), expected, what);
}

// A few bytes announce an image of 14 GB; and what the list does not reach.
assert(png(60_000, 60_000).length < 200);
const pdf = Buffer.from('%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n');
assert.equal(kindOf(pdf)?.type, 'application/pdf');
assert.equal(kindOf(pdf.subarray(0, -4)), undefined);
assert.equal(kindOf(pdf.subarray(1)), undefined);
const unsigned = Buffer.concat([Buffer.alloc(8), photo.subarray(8)]);
assert.equal(kindOf(unsigned), undefined);
for (let length = 0; length < photo.length; length += 1) {
  assert.equal(kindOf(photo.subarray(0, length)), undefined);
}

server.close();
await once(server, 'close');
