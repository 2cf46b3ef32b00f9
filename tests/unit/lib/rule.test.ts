import { expect, test } from 'vitest';
import { ruleSchema } from '../../../src/lib/rule.ts';

test('a rule that cites what does not exist is refused by name', () => {
  const rule = { id: 'a-b', text: 'Do.', why: 'Or not.', level: 'must', standards: ['A01:2025', 'A11:2025'] };
  expect(ruleSchema.safeParse(rule).error?.issues[0]?.message).toMatch(/^A11:2025 is no requirement of .*correct it$/);
});
