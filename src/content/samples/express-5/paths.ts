import assert from 'node:assert/strict';
import type { RequestHandler } from 'express';
import { both, type Routes } from './both.ts';

const params: RequestHandler = (req, res) => void res.json(req.params);
const secret: RequestHandler = (_req, res) => void res.json('secret');

// #region paths
/** A path for 4, a path for 5, and requests that tell them apart. */
const rewritten: [four: string, five: string | string[], asked: string[]][] = [
  ['*', '/{*path}', ['/a/b', '/']],
  ['/f/*', '/f/*path', ['/f/a/b', '/f/']], // as the guide begins
  ['/f/*', '/f/{*path}', ['/f/a/b', '/f/']],
  ['/u/:id?', '/u{/:id}', ['/u/7', '/u', '/u/7/8']],
  ['/:file.:ext?', '/:file{.:ext}', ['/a.js', '/a', '/a.b.js']],
  ['/(old|new)/:id', ['/old/:id', '/new/:id'], ['/old/7', '/else/7']],
  ['/n/:id(\\d+)', '/n/:id', ['/n/7', '/n/seven']], // now check the id
];

const guard: RequestHandler = (req, res, next) => {
  if (req.get('authorization') === 'Bearer valid') return next();
  res.status(401).json('who are you?');
};

/** Three ways to put a guard before everything below `/admin`. */
const guards: Record<string, (path: string) => ReturnType<typeof both>> = {
  "all('/admin/*')": (path) =>
    both((app) => app.all('/admin/*', guard).get('/admin', secret), path),
  "all('/admin/*rest')": (path) =>
    both((app) => app.all('/admin/*rest', guard).get('/admin', secret), path),
  "use('/admin')": (path) =>
    both((app) => app.use('/admin', guard).get('/admin', secret), path),
};
// #endregion paths

console.log('path for 4      in 5                    path for 5      same');
const same: string[] = [];
for (const [four, five, asked] of rewritten) {
  let refusal = '';
  let equal = 0;
  for (const path of asked) {
    const [before, refused] = await both((app) => app.get(four, params), path);
    const [, after] = await both((app) => app.get(five, params), path);
    [, refusal = ''] = /TypeError: (.*) at index/.exec(refused) ?? [];
    if (before.slice(0, 3) === after.slice(0, 3)) equal += 1;
  }
  same.push(`${equal} of ${asked.length}`);
  const now = typeof five === 'string' ? five : 'an array of two';
  const cells = [four.padEnd(15), refusal.padEnd(23), now.padEnd(15)];
  console.log(...cells, same.at(-1));
  assert.match(refusal, /^(Missing parameter name|Unexpected [(?])$/);
}
assert.deepEqual(same, [
  ...['2 of 2', '1 of 2', '2 of 2', '3 of 3', '3 of 3', '2 of 2', '1 of 2'],
]);

const [four] = await both((app) => app.get('/f/*', params), '/f/a/b');
const [, five] = await both((app) => app.get('/f/{*path}', params), '/f/a/b');
console.log(`\nparams of /f/a/b     4: ${four}  5: ${five}`);
assert.equal(four, '200 {"0":"a/b"}');
assert.equal(five, '200 {"path":["a","b"]}');

console.log('\nGET without a token  4: /admin  /admin/  5: /admin  /admin/');
const seen: Record<string, string[]> = {};
for (const [name, answer] of Object.entries(guards)) {
  const [four, five] = await answer('/admin');
  const [fourSlash, fiveSlash] = await answer('/admin/');
  const statuses = [four, fourSlash, five, fiveSlash].map((text) =>
    text.startsWith('does not') ? '-' : text.slice(0, 3),
  );
  seen[name] = statuses;
  const [a = '', b = '', c = '', d = ''] = statuses;
  console.log(name.padEnd(23), a.padEnd(7), b.padEnd(11), c.padEnd(7), d);
}
const deeper: Routes = (app) =>
  app.use('/admin', guard).get('/admin/users', secret);
for (const answer of await both(deeper, '/admin/users')) {
  assert.match(answer, /^401/);
}
assert.deepEqual(seen, {
  "all('/admin/*')": ['200', '401', '-', '-'],
  "all('/admin/*rest')": ['200', '200', '200', '200'],
  "use('/admin')": ['401', '401', '401', '401'],
});
