import type { Express } from 'express';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  const { makeApp } = await kit.load<{ makeApp: (secret: string) => Express }>();
  const ask = await kit.serve(makeApp('0123456789abcdef0123456789abcdef'));
  // The one proxy in front ends TLS.
  const send = (path: string, cookie: string, json?: unknown) =>
    ask(path, { ...(json === undefined ? {} : { json }), headers: { cookie, 'x-forwarded-proto': 'https' } });
  const cookieOf = ({ headers }: { headers: Headers }) => headers.getSetCookie()[0] ?? '';
  const valueOf = (cookie: string) => cookie.split(';')[0] ?? '';
  const login = { user: 'ana', password: 'correct horse' };

  const first = cookieOf(await send('/cart', '', { item: 'book' }));
  const visit = valueOf(first);
  const answer = await send('/login', visit, login);
  // As a browser does: the cookie that it has stays, if it is sent no other.
  const set = cookieOf(answer) || first;
  const own = valueOf(set);
  const me = await send('/me', own);
  yield [
    answer.status < 300 && me.status === 200 && me.body['user'] === 'ana',
    `login ${answer.status}, /me ${me.status} ${me.text.slice(0, 60)}`,
  ];
  const fixed = await send('/me', visit);
  yield [own !== '' && own !== visit && fixed.status === 401, `the identifier from before the login: ${fixed.status}`];
  const cart = await send('/cart', own, { item: 'pen' });
  yield [String(cart.body['cart']) === 'book,pen', `a book before, a pen after: ${cart.text.slice(0, 60)}`];
  const flags = ['Secure', 'HttpOnly', 'SameSite=(Lax|Strict)', 'Path=/'].filter(
    (flag) => !new RegExp(`; ${flag}(;|$)`, 'i').test(set),
  );
  yield [
    set !== '' && flags.length === 0 && !/domain=/i.test(set),
    `${set.replace(/=[^;]*/, '=...')}; lacks ${flags.join() || 'nothing'}`,
  ];
  const wrong = await send('/login', '', { ...login, password: 'wrong' });
  const unknown = await send('/login', '', { ...login, user: 'nobody' });
  yield [
    wrong.status === 401 && unknown.status === 401 && wrong.text === unknown.text,
    `wrong password ${wrong.status}, unknown user ${unknown.status}`,
  ];
  const odd = await send('/login', '', { user: ['ana'], password: { length: 1 } });
  yield [odd.status === 400 || odd.status === 401, `no strings: ${odd.status}`];
  const out = await send('/logout', own, {});
  const after = await send('/me', own);
  yield [
    out.status < 300 && after.status === 401,
    `logout ${out.status}, then /me with the old cookie ${after.status}`,
  ];
};
