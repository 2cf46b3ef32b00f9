import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import multer from 'multer';
import { Pool } from 'pg';
import { z } from 'zod';
import { kindOf, png } from './kind.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  DROP SCHEMA IF EXISTS file_uploads CASCADE;
  CREATE SCHEMA file_uploads;
  CREATE TABLE file_uploads.file (
    id         uuid PRIMARY KEY DEFAULT uuidv7(),
    owner      text NOT NULL,
    name       text NOT NULL,
    type       text NOT NULL,
    size       integer NOT NULL,
    bytes      bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE file_uploads.usage (
    owner text PRIMARY KEY,
    bytes integer NOT NULL
  );`);

/** Stands for the authentication. */
const app = express();
app.use((req, res, next) => {
  const user = req.get('authorization');
  if (!user) return void res.sendStatus(401);
  res.locals.user = user;
  next();
});

/** Serves what was uploaded as what it was said to be, under its name. */
const asDeclared = express.Router();
type Declared = { name: string; type: string; bytes: Buffer };
const declared = new Map<string, Declared>();
const anything = multer({ defParamCharset: 'utf8' });
asDeclared.post('/', anything.single('file'), (req, res) => {
  assert(req.file);
  const { originalname, mimetype, buffer } = req.file;
  const id = String(declared.size + 1);
  const file = { name: originalname, type: mimetype, bytes: buffer };
  declared.set(id, file);
  res.status(201).json({ id });
});
asDeclared.get('/:id', (req, res) => {
  const file = declared.get(req.params.id);
  if (!file) return void res.sendStatus(404);
  res.set('Content-Type', file.type);
  res.set('Content-Disposition', `inline; filename="${file.name}"`);
  res.send(file.bytes);
});

// #region files
const QUOTA = 1_000_000; // bytes per user
const upload = multer({
  limits: { fileSize: 500_000, files: 1, fields: 0, parts: 1 },
  defParamCharset: 'utf8',
});
/** To be shown, never opened: printable, and ending as the bytes say. */
function shownName(name: string, extension: string): string {
  const stem = name.slice(0, 100).replace(/\.[^.]*$/, '');
  return `${stem.replace(/\p{C}/gu, '') || 'file'}.${extension}`;
}
const Id = z.object({ id: z.uuid() });

const files = express.Router();
files.post('/', upload.single('file'), async (req, res) => {
  const kind = req.file && kindOf(req.file.buffer);
  if (!req.file || !kind) return void res.sendStatus(415);
  const owner = String(res.locals.user);
  const { originalname, buffer } = req.file;
  // One statement: two uploads at once cannot both take the last of it.
  const { rows } = await pool.query<{ id: string }>(
    `WITH room AS (
       INSERT INTO file_uploads.usage AS old VALUES ($1, $4)
       ON CONFLICT (owner) DO UPDATE SET bytes = old.bytes + $4
       WHERE old.bytes + $4 <= $6 RETURNING owner
     )
     INSERT INTO file_uploads.file (owner, name, type, size, bytes)
     SELECT owner, $2, $3, $4, $5 FROM room RETURNING id`,
    [
      ...[owner, shownName(originalname, kind.extension), kind.type],
      ...[buffer.length, buffer, QUOTA],
    ],
  );
  if (!rows[0]) return void res.sendStatus(413);
  res.status(201).location(`/files/${rows[0].id}`).json(rows[0]);
});

files.get('/:id', async (req, res) => {
  const { data: params } = Id.safeParse(req.params);
  const { rows } = await pool.query<Declared>(
    `SELECT name, type, bytes FROM file_uploads.file
     WHERE id = $1 AND owner = $2`,
    [params?.id, res.locals.user],
  );
  const [file] = rows;
  if (!file) return void res.sendStatus(404);
  res.attachment(file.name); // encodes the name, and sets a type by it:
  res.set({
    'Content-Type': file.type, // the one that was found in the bytes
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cache-Control': 'private',
  });
  res.send(file.bytes);
});
// #endregion files

app.use('/asDeclared', asDeclared);
app.use('/files', files);
const codes: unknown[] = [];
const reply: ErrorRequestHandler = (error, _req, res, _next) => {
  codes.push((error as { code?: unknown }).code);
  if (!(error instanceof multer.MulterError)) return void res.sendStatus(500);
  res.sendStatus(error.code === 'LIMIT_FILE_SIZE' ? 413 : 400);
};
app.use(reply);
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

async function put(path: string, name: string, type: string, bytes: Buffer) {
  const form = new FormData();
  form.append('file', new File([new Uint8Array(bytes)], name, { type }));
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: 'POST',
    headers: { authorization: 'ann' },
    body: form,
  });
  const text = await response.text();
  const { id = '' } = response.ok ? (JSON.parse(text) as { id: string }) : {};
  return { status: response.status, id };
}
const fetched = (path: string, user: string) =>
  fetch(`http://localhost:${port}${path}`, {
    headers: { authorization: user },
  });

const script = '<script>alert(1)</script>';
const html = Buffer.from(script);
const digest = (bytes: Buffer) =>
  createHash('sha256').update(bytes).digest('hex');
const photo = png(8, 8, script);
const uploads: [string, string, string, Buffer][] = [
  ['a PNG', 'cat.png', 'image/png', photo],
  ['HTML', 'cat.html', 'text/html', html],
  ['PNG called HTML', 'cat.html', 'text/html', photo],
  ['quote in name', 'a".exe', 'image/png', photo],
  ['line end in name', 'a\nb.png', 'image/png', photo],
  ['cat in name', '🐈.png', 'image/png', photo],
];
const expected: Record<string, string[]> = {
  '/asDeclared': [
    '200 image/png inline; filename="cat.png"',
    '200 text/html inline; filename="cat.html"',
    '200 text/html inline; filename="cat.html"',
    '200 image/png inline; filename="a".exe"',
    '500',
    '500',
  ],
  '/files': [
    '200 image/png attachment; filename=cat.png',
    '415',
    '200 image/png attachment; filename=cat.png',
    '200 image/png attachment; filename="a\\".png"',
    '200 image/png attachment; filename=ab.png',
    '200 image/png attachment; filename="??.png"; ' +
      "filename*=UTF-8''%F0%9F%90%88.png",
  ],
};

for (const [path, lines] of Object.entries(expected)) {
  console.log(path);
  for (const [i, [what, name, type, bytes]] of uploads.entries()) {
    const { status, id } = await put(path, name, type, bytes);
    const file = id ? await fetched(`${path}/${id}`, 'ann') : undefined;
    const header = (field: string) => file?.headers.get(field) ?? '';
    const found = !file?.ok
      ? String(file?.status ?? status)
      : [
          ...[file.status, header('content-type').replace(/;.*/, '')],
          header('content-disposition'),
        ].join(' ');
    console.log(' ', what.padEnd(16), found.replace(/ (?=filename\*)/, '\n  '));
    assert.equal(found, lines[i], what);
    if (path !== '/files' || !file?.ok) continue;
    assert.equal(header('x-content-type-options'), 'nosniff');
    assert.match(header('content-security-policy'), /^sandbox;/);
    const back = Buffer.from(await file.arrayBuffer());
    assert.equal(digest(back), digest(bytes));
  }
}

assert.deepEqual(codes, ['ERR_INVALID_CHAR', 'ERR_INVALID_CHAR']);

console.log('and then');
const { id } = await put('/files', 'cat.png', 'image/png', photo);
// The type is that of the bytes, whatever becomes of the name.
await pool.query(
  "UPDATE file_uploads.file SET name = 'cat.html' WHERE id = $1",
  [id],
);
const renamed = await fetched(`/files/${id}`, 'ann');
assert.equal(renamed.headers.get('content-type'), 'image/png');

const big = png(8, 8, 'x'.repeat(400_000));
const check = (what: string, found: number, wanted: number) => {
  console.log(' ', what.padEnd(16), found);
  assert.equal(found, wanted, what);
};
check('bob asks for it', (await fetched(`/files/${id}`, 'bob')).status, 404);
check('another id', (await fetched('/files/17', 'ann')).status, 404);
const tooBig = Buffer.alloc(500_001);
check('500,001 bytes', (await put('/files', 'a', '', tooBig)).status, 413);
check('400 kB', (await put('/files', 'a', '', big)).status, 201);
check('400 kB', (await put('/files', 'a', '', big)).status, 201);
check('over the quota', (await put('/files', 'a', '', big)).status, 413);

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA file_uploads CASCADE');
await pool.end();
