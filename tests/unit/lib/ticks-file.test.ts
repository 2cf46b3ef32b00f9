import { expect, test } from 'vitest';
import { checkSize, fileFrom, fileText, Refused } from '../../../src/lib/ticks-file.ts';

const list = { id: 'main', name: 'My checklist', ticked: { 'pagination-keyset': '2026-11-22' } };
const file = (lists: unknown, more = {}) => JSON.stringify({ version: 2, active: 'main', lists, ...more });

test('reads back what it writes', () => {
  expect(fileFrom(fileText([list], 'main'))).toEqual({ version: 2, active: 'main', lists: [list] });
  expect(fileFrom(`\uFEFF${fileText([list], 'main')}`).lists).toEqual([list]);
});

test('reads version 1 as the first list', () => {
  expect(fileFrom(JSON.stringify({ version: 1, ticked: list.ticked })).lists).toEqual([list]);
});

test.each([
  ['', 'not JSON'],
  ['{"version":2,', 'not JSON'],
  ['\u0000PNG', 'not JSON'],
  ['['.repeat(100_000), 'not JSON'],
  ['[]', 'should hold an object'],
  ['null', 'should hold an object'],
  ['{}', 'no version'],
  ['{"version":3}', 'version “3”'],
  ['{"version":"2"}', 'version “2”'],
  ['{"version":{"a":1}}', 'version “{"a":1}”'],
  [file([]), '1 to 100 lists'],
  [file({}), '1 to 100 lists'],
  [file(Array(101).fill(list)), '1 to 100 lists'],
  [file([list, list]), 'the same id'],
  [file([list], { active: '<b>' }), 'The active list'],
  [file([list], { more: 1 }), 'the key “more”'],
  [file(['x']), 'list 1 is no object'],
  [file([{ ...list, id: 'A B' }]), 'an id that is none'],
  [file([{ ...list, name: '<img src=x onerror=alert(1)>' }]), 'no < or >'],
  [file([{ ...list, name: 7 }]), 'A name is text'],
  [file([{ ...list, ticked: [] }]), 'should be an object'],
  [file([{ ...list, ticked: { '<script>': '2026-11-22' } }]), 'no rule’s id'],
  [file([{ ...list, ticked: { constructor: '2026-11-22' } }]), 'no rule’s id'],
  [file([{ ...list, ticked: { a: '<b>' } }]), 'no day'],
  [file([{ ...list, ticked: { a: { on: 1 } } }]), 'no day'],
  ['{"version":2,"active":"main","__proto__":{"x":1},"lists":[]}', '“__proto__”'],
  ['{"version":2,"active":"main","lists":[{"id":"a","name":"a","ticked":{},"__proto__":{}}]}', '“__proto__”'],
  ['{"version":2,"active":"main","lists":[{"id":"a","name":"a","ticked":{"__proto__":"2026-11-22"}}]}', '“__proto__”'],
  ['{"version":1,"ticked":{"__proto__":{"polluted":"2026-11-22"}}}', '“__proto__”'],
])('refuses %.60j', (text, reason) => {
  expect(() => fileFrom(text)).toThrow(Refused);
  expect(() => fileFrom(text)).toThrow(reason);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('refuses a large file by its size alone', () => {
  expect(() => checkSize(50_000_000)).toThrow('50.0 MB');
  expect(() => checkSize(4_000_000)).not.toThrow();
});

test('refuses more ticks than a list can have', () => {
  const ticked = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`a-${index}`, '2026-11-22']));
  expect(() => fileFrom(file([{ ...list, ticked }]))).toThrow('more than 5,000');
});
