import assert from 'node:assert/strict';
import { both, type Routes } from './both.ts';

// #region responses
const cases: Record<string, Routes> = {
  'send(404)': (app) => app.get('/', (_req, res) => void res.send(404)),
  'send(404, text)': (app) =>
    // @ts-expect-error One argument.
    app.get('/', (_req, res) => void res.send(404, 'no such order')),
  'json(body, 201)': (app) =>
    // @ts-expect-error One argument.
    app.get('/', (_req, res) => void res.json({ id: 1 }, 201)),
  "status('404')": (app) =>
    app.get('/', (_req, res) => {
      // @ts-expect-error A number, not a text.
      res.status('404').json('no such order');
    }),
  "redirect('back')": (app) =>
    app.get('/', (_req, res) => void res.redirect('back')),
  'redirect(url, 301)': (app) =>
    // @ts-expect-error The other way round.
    app.get('/', (_req, res) => void res.redirect('/new', 301)),
  'clearCookie(maxAge)': (app) =>
    app.get('/', (_req, res) => {
      res.clearCookie('seen', { maxAge: 3_600_000 }).json('bye');
    }),
  "type('js')": (app) =>
    app.get('/', (_req, res) => void res.type('js').send('go()')),
  'vary()': (app) =>
    // @ts-expect-error The name of a header.
    app.get('/', (_req, res) => void res.vary().json('ok')),
};
// #endregion responses

const expected: Record<string, [four: string, five: string]> = {
  'send(404)': ['404 Not Found', '200 404'],
  'send(404, text)': ['404 no such order', '200 404'],
  'json(body, 201)': ['201 {"id":1}', '200 {"id":1}'],
  "status('404')": ['404 "no such order"', '500 TypeError'],
  "redirect('back')": ['302 to /cart', '302 to back'],
  'redirect(url, 301)': ['301 to /new', '500 TypeError'],
  'clearCookie(maxAge)': ['200 kept for 3600 s', '200 ended'],
  "type('js')": ['200 application/javascript', '200 text/javascript'],
  'vary()': ['200 "ok"', '500 TypeError'],
};

/** The status, and of the rest what the case is about. */
async function shown(response: Response): Promise<string> {
  const { status, headers } = response;
  const body = await response.text();
  const cookie = headers.get('set-cookie');
  const maxAge = /Max-Age=(\d+)/.exec(cookie ?? '')?.[1];
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  if (status < 400 && headers.has('location'))
    return `${status} to ${headers.get('location')}`;
  if (cookie) return `${status} ${maxAge ? `kept for ${maxAge} s` : 'ended'}`;
  if (type.endsWith('javascript')) return `${status} ${type}`;
  return `${status} ${body}`;
}

console.log('                     Express 4                   Express 5');
for (const [name, routes] of Object.entries(cases)) {
  const request = { headers: { referer: '/cart' } };
  const answers = await both(routes, '/', request, shown);
  const [four, five] = answers.map((answer) =>
    answer.replace(/(Error): .*/, '$1'),
  );
  console.log(name.padEnd(20), four?.padEnd(27), five);
  assert.deepEqual([four, five], expected[name]);
}
