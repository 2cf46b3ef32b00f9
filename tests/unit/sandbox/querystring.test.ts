import native from 'node:querystring';
import { expect, test } from 'vitest';
import sandbox from '../../../src/sandbox/node/querystring.ts';

test.each(['a=1&b=2', 'a=1&a=2&a=3', 'a[b]=1', 'a=%20x+y', 'a', '=1', '', 'q=%C3%BC', '__proto__=1'])(
  'parses %j as Node.js does',
  (text) => {
    expect(Object.entries(sandbox.parse(text))).toEqual(Object.entries(native.parse(text)));
  },
);

test('a query that is not there has no names', () => {
  expect(Object.keys(sandbox.parse(null))).toEqual([]);
});

test('writes what Node.js writes', () => {
  const query = { a: 'x y', b: ['1', '2'], c: 'ü&=' };
  expect(sandbox.stringify(query)).toBe(native.stringify(query));
});
