import { describe, expect, test } from 'vitest';
import { filterFrom, fits, queryOf, type Filtered } from '../../../src/lib/rule-filter.ts';

const known = { chapters: ['api', 'auth'], standards: ['asvs', 'top-10'] };
const from = (query: string) => filterFrom(new URLSearchParams(query), known);
const rule: Filtered = { topic: 'pagination', chapter: 'api', level: 'must', standards: ['asvs'], ticked: false };

describe('the address', () => {
  test.each(['', '?show=open', '?show=ticked&task=route&chapter=api&standard=asvs&level=must,consider'])(
    '%j comes back as it was',
    (query) => expect(queryOf(from(query))).toBe(query),
  );

  test('leaves out what it does not know', () => {
    expect(queryOf(from('?task=<b>&chapter=nope&standard=toString&level=must,nope&show=all&utm=x'))).toBe(
      '?level=must',
    );
  });

  test('takes the levels of a form as well', () => {
    expect(from('?level=consider&level=must').levels).toEqual(['must', 'consider']);
  });
});

test.each([
  ['', true],
  ['?chapter=api', true],
  ['?chapter=auth', false],
  ['?level=must', true],
  ['?level=should,consider', false],
  ['?standard=asvs', true],
  ['?standard=top-10', false],
  ['?task=route', true],
  ['?task=login', false],
  ['?task=release', true],
  ['?show=open', true],
  ['?show=ticked', false],
  ['?task=route&chapter=auth', false],
])('with %j an open must of pagination is shown: %j', (query, shown) => expect(fits(rule, from(query))).toBe(shown));
