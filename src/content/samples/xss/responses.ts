import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { z } from 'zod';
import { runsAlert } from './document.ts';

const Query = z.object({ q: z.string().max(200) });
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
/** What was uploaded, with the type that its sender claimed. */
const upload = { type: 'image/svg+xml', bytes: Buffer.from(SVG) };

const app = express();

// #region routes
app.get('/naive/json', (req, res) => {
  const { q } = Query.parse(req.query);
  res.send(JSON.stringify({ name: q }));
});
app.get('/right/json', (req, res) => {
  const { q } = Query.parse(req.query);
  res.json({ name: q });
});

app.get('/naive/missing', (req, res) => {
  const { q } = Query.parse(req.query);
  res.status(404).send(`Nothing found for ${q}`);
});
app.get('/right/missing', (req, res) => {
  const { q } = Query.parse(req.query);
  res.status(404).type('text').send(`Nothing found for ${q}`);
});

// Below Express: nothing sets a type.
app.get('/naive/untyped', (req, res) => {
  const { q } = Query.parse(req.query);
  res.end(q);
});
app.get('/right/untyped', (req, res) => {
  const { q } = Query.parse(req.query);
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.end(q);
});

app.get('/naive/upload', (_req, res) => {
  res.type(upload.type).send(upload.bytes);
});
app.get('/right/upload', (_req, res) => {
  res.set({
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
  });
  res.attachment('picture.svg').send(upload.bytes);
});
// #endregion routes

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** What somebody gets who follows a link to this address. */
async function opened(path: string, q: string) {
  const query = new URLSearchParams({ q });
  const response = await fetch(`http://localhost:${port}${path}?${query}`);
  const body = await response.text();
  const header = (name: string) => response.headers.get(name) ?? '';
  if (header('content-disposition').startsWith('attachment')) return 'saved';
  const sniffed = /^\s*<(script|html|body|!doctype html)[\s>]/i.test(body);
  const isSniffed =
    header('content-type') === '' &&
    header('x-content-type-options') !== 'nosniff';
  const type = isSniffed && sniffed ? 'text/html' : header('content-type');
  if (!/^(text\/html|image\/svg\+xml)/.test(type)) return 'shown as text';
  return runsAlert(body) ? 'runs' : 'a page without code';
}

const Q = '<script>alert(1)</script>';
const seen: string[][] = [];
console.log('response  naive          right');
for (const what of ['json', 'missing', 'untyped', 'upload']) {
  const naive = await opened(`/naive/${what}`, Q);
  const right = await opened(`/right/${what}`, Q);
  console.log(what.padEnd(9), naive.padEnd(14), right);
  seen.push([naive, right]);
}
assert.deepEqual(seen, [
  ['runs', 'shown as text'],
  ['runs', 'shown as text'],
  ['runs', 'shown as text'],
  ['runs', 'saved'],
]);

// Express escapes what its own 404 quotes, and forbids scripts as well.
const missing = await fetch(`http://localhost:${port}/%3Cscript%3E`);
const policy = missing.headers.get('content-security-policy');
console.log();
console.log("Express's own 404:", await opened('/nowhere', Q), `(${policy})`);
assert.equal(policy, "default-src 'none'");

server.close();
await once(server, 'close');
