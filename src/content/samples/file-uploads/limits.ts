import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
} from 'express';
import multer from 'multer';

/** Bytes that the server has read of the latest request's body. */
let read = 0;
const meter: RequestHandler = (req, _res, next) => {
  read = 0;
  req.on('data', (chunk: Buffer) => (read += chunk.length));
  next();
};
const created: RequestHandler = (req, res) => {
  res.status(201).json({ size: req.file?.size ?? 'no file' });
};

// #region bounds
/** As the first example of a tutorial has it. */
const unbounded = express();
unbounded.post('/', meter, multer().single('file'), created);

const MB = 1_000_000;
const upload = multer({
  limits: {
    fileSize: MB, // of each: in memory it is files x fileSize, per request
    files: 1,
    fields: 2,
    fieldSize: 1_000,
    fieldNameSize: 50,
    fieldNestingDepth: 1,
    fieldArrayIndexLimit: 9,
    parts: 3,
    headerPairs: 20,
  },
});

/** Without a file multer just goes on; so does it with JSON. */
const hasFile: RequestHandler = (req, res, next) => {
  if (req.file) return next();
  const isMultipart = req.is('multipart/form-data');
  res.status(isMultipart ? 400 : 415).json({ code: 'no file' });
};

const oneFile = upload.single('file');
/** No error has a status. In memory, all are the client's: not so on disk. */
const received: RequestHandler = (req, res, next) =>
  oneFile(req, res, (error?: unknown) => {
    if (!error) return next();
    const code = error instanceof multer.MulterError ? error.code : 'malformed';
    res.status(code === 'LIMIT_FILE_SIZE' ? 413 : 400).json({ code });
  });

const bounded = express();
bounded.post('/', meter, received, hasFile, created);
// #endregion bounds

/** What Express's own handler does, with the code and without the page. */
const asExpressDoes: ErrorRequestHandler = (error, _req, res, _next) => {
  const code = error instanceof multer.MulterError ? error.code : 'Error';
  res.status(500).json({ code });
};

type Part = [name: string, value: string | Blob];
const file = (bytes: number) => new Blob([new Uint8Array(bytes)]);
const small: Part = ['file', file(10)];
const fields = (count: number, name: (i: number) => string): Part[] => [
  ...Array.from({ length: count }, (_, i): Part => [name(i), 'x']),
  small,
];
const text = 'x'.repeat(60_000);
const UNEXPECTED = '500 LIMIT_UNEXPECTED_FILE';
const INDEX = '400 LIMIT_FIELD_ARRAY_INDEX';
type Body = Part[] | { type: string; text: string };
const FORM = 'multipart/form-data';
const cut = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"';
const requests: [string, Body, string, string][] = [
  ['1 MB', [['file', file(MB)]], '201', '201'],
  ['1 byte more', [['file', file(MB + 1)]], '201', '413 LIMIT_FILE_SIZE'],
  ['two files', [small, small], UNEXPECTED, '400 LIMIT_FILE_COUNT'],
  ['other name', [['fiel', file(9)]], UNEXPECTED, '400 LIMIT_UNEXPECTED_FILE'],
  ['9,000 fields', fields(9_000, String), '201', '400 LIMIT_FIELD_COUNT'],
  ['a[b][b]', fields(1, () => 'a[b][b]'), '201', '400 LIMIT_FIELD_NESTING'],
  ['a[99999999]', fields(1, () => 'a[99999999]'), '201', INDEX],
  ['field of 60 kB', [['f', text], small], '201', '400 LIMIT_FIELD_VALUE'],
  ['no file', [['f', 'x']], '201', '400 no file'],
  ['JSON', { type: 'application/json', text: '{}' }, '201', '415 no file'],
  ['no boundary', { type: FORM, text: cut }, '500 Error', '400 malformed'],
  [
    'no end',
    { type: `${FORM}; boundary=b`, text: cut },
    '500 Error',
    '400 malformed',
  ],
];

async function send(app: Express, sent: Body) {
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const form = new FormData();
  const isForm = Array.isArray(sent);
  for (const [name, value] of isForm ? sent : []) form.append(name, value);
  const response = await fetch(`http://localhost:${port}/`, {
    method: 'POST',
    ...(isForm ? {} : { headers: { 'content-type': sent.type } }),
    body: isForm ? form : sent.text,
  });
  const { code } = (await response.json()) as { code?: string };
  server.close();
  await once(server, 'close');
  const megabytes = Math.round(read / MB);
  return { status: [response.status, code].join(' ').trim(), megabytes };
}
unbounded.use(asExpressDoes);
bounded.use(asExpressDoes);

console.log('request'.padEnd(15), 'unbounded'.padEnd(26), 'bounded');
for (const [name, parts, ...expected] of requests) {
  const found = [await send(unbounded, parts), await send(bounded, parts)];
  const [open = '', closed = ''] = found.map(({ status }) => status);
  console.log(name.padEnd(15), open.padEnd(26), closed);
  assert.deepEqual([open, closed], expected, name);
}
const large = await send(bounded, [['file', file(8 * MB)]]);
console.log('8 MB'.padEnd(42), large.status);
console.log(`  of which it has read ${large.megabytes} MB`);
assert.deepEqual(large, { status: '413 LIMIT_FILE_SIZE', megabytes: 8 });
