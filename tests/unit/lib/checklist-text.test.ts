import { expect, test } from 'vitest';
import { csvOf, fileName, markdownOf, type TakenRule } from '../../../src/lib/checklist-text.ts';

const rule: TakenRule = {
  id: 'pagination-keyset',
  text: 'Page by key, not by `offset`.',
  why: 'It says "reads, then throws away".',
  level: 'must',
  standards: ['ASVS 6.2.8', 'API4:2023'],
  chapter: 'HTTP API',
  topic: 'Pagination',
  url: 'https://h.example/api/pagination/#rule-pagination-keyset',
  day: '2026-11-22',
};

test('Markdown is a task list with a heading for each topic', () => {
  const open = { ...rule, id: 'b', text: 'Cap it.', standards: [], level: 'should', day: '' };
  expect(markdownOf('orders_api [x]', 'Checklist', [rule, open])).toBe(`## orders\\_api \\[x\\]

Checklist: 1 of 2 rules ticked.

### HTTP API: [Pagination](https://h.example/api/pagination/)

- [x] **Must** Page by key, not by \`offset\`. [Why](https://h.example/api/pagination/#rule-pagination-keyset) (ASVS 6.2.8, API4:2023)
- [ ] **Should** Cap it. [Why](https://h.example/api/pagination/#rule-pagination-keyset)
`);
});

test('CSV quotes what needs it, and has a column for each fact', () => {
  const [head, row] = csvOf('My checklist', [rule]).split('\r\n');
  expect(head).toBe('list,ticked,level,rule,why,standards,chapter,topic,id,url');
  expect(row).toBe(
    'My checklist,2026-11-22,must,"Page by key, not by `offset`.","It says ""reads, then throws away"".","ASVS 6.2.8, API4:2023",HTTP API,Pagination,pagination-keyset,https://h.example/api/pagination/#rule-pagination-keyset',
  );
});

test.each(['=1+1', '+1', '-1', '@sum', '\t=1', ' =1', '\uFF1D1', '\uFF20x'])('the cell %j is no formula', (name) => {
  expect(csvOf(name, [rule]).split('\r\n')[1]).toMatch(/^'/);
});

test('a file is called as its list is', () => {
  expect(fileName('orders-api review!')).toBe('orders-api-review');
  expect(fileName('../../x')).toBe('x');
  expect(fileName('***')).toBe('checklist');
});
