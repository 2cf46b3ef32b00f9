import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { z } from 'zod';

// Repeated parameters arrive as an array: none of these routes takes one.
const Query = z.object({ value: z.string().max(200) });
const app = express();

// #region routes
app.get('/cookie/by-hand', (req, res) => {
  const { value } = Query.parse(req.query);
  res.set('Set-Cookie', `theme=${value}; Path=/; HttpOnly`).sendStatus(204);
});

app.get('/cookie/by-express', (req, res) => {
  const { value } = Query.parse(req.query);
  res.cookie('theme', value, { httpOnly: true }).sendStatus(204);
});

app.get('/file/by-hand', (req, res) => {
  const { value } = Query.parse(req.query);
  res.set('Content-Disposition', `attachment; filename="${value}"`);
  res.sendStatus(204);
});

app.get('/file/by-express', (req, res) => {
  const { value } = Query.parse(req.query);
  res.attachment(value).sendStatus(204);
});

/** A message as it goes to the mail server: header lines, then the text. */
const message = (subject: string) =>
  `To: sales@shop.test\r\nSubject: ${subject}\r\n\r\nA customer writes.`;

app.get('/mail/by-hand', (req, res) => {
  const { value } = Query.parse(req.query);
  res.type('text').send(message(value));
});

/** No control characters: a line break would begin the next header. */
const OneLine = z.object({
  value: z
    .string()
    .max(200)
    .regex(/^\P{Cc}*$/u),
});

app.get('/mail/one-line', (req, res) => {
  const { value } = OneLine.parse(req.query);
  res.type('text').send(message(value));
});
// #endregion routes

const codes: string[] = [];
const onError: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  const isInput = error instanceof z.ZodError;
  if (!isInput) codes.push((error as NodeJS.ErrnoException).code ?? '');
  res.sendStatus(isInput ? 400 : 500);
};
app.use(onError);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** What arrived: the header in question, or the status of a refusal. */
async function sent(path: string, value: string) {
  const query = new URLSearchParams({ value });
  const response = await fetch(`http://localhost:${port}${path}?${query}`);
  const text = await response.text();
  if (!response.ok) return String(response.status);
  if (path.startsWith('/mail')) {
    const [head = ''] = text.split('\r\n\r\n');
    return head.split('\r\n').slice(1).join(' | ');
  }
  const [cookie] = response.headers.getSetCookie();
  return cookie ?? response.headers.get('content-disposition') ?? '';
}

const inputs: Record<string, string[]> = {
  '/cookie': ['dark', 'dark; Domain=shop.test', 'dark\r\nX-Admin: 1'],
  '/file': ['cv.pdf', `a.pdf"; filename*=UTF-8''a.html; x="`, 'Ł.pdf'],
  '/mail': ['Hello', 'Hello\r\nBcc: all@list.test'],
};
const seen: Record<string, string[]> = {};
for (const [prefix, values] of Object.entries(inputs)) {
  const right = prefix === '/mail' ? 'one-line' : 'by-express';
  for (const route of ['by-hand', right]) {
    const path = `${prefix}/${route}`;
    console.log(path);
    seen[path] = [];
    for (const value of values) {
      const outcome = await sent(path, value);
      console.log(' ', outcome);
      seen[path].push(outcome);
    }
  }
}
assert.deepEqual(seen['/cookie/by-hand']?.slice(1), [
  'theme=dark; Domain=shop.test; Path=/; HttpOnly',
  '500',
]);
assert.deepEqual(seen['/cookie/by-express']?.slice(1), [
  'theme=dark%3B%20Domain%3Dshop.test; Path=/; HttpOnly',
  'theme=dark%0D%0AX-Admin%3A%201; Path=/; HttpOnly',
]);
assert(seen['/file/by-hand']?.[1]?.includes(`; filename*=UTF-8''a.html;`));
assert.equal(seen['/file/by-hand']?.[2], '500');
assert(seen['/file/by-express']?.[1]?.includes(`a.pdf\\"; filename*`));
assert(seen['/file/by-express']?.[2]?.includes("filename*=UTF-8''%C5%81"));
assert.deepEqual(codes, ['ERR_INVALID_CHAR', 'ERR_INVALID_CHAR']);
assert(seen['/mail/by-hand']?.[1]?.endsWith('| Bcc: all@list.test'));
assert.deepEqual(seen['/mail/one-line'], ['Subject: Hello', '400']);

server.close();
await once(server, 'close');
