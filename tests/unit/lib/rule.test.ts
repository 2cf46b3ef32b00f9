import { expect, test } from 'vitest';
import { standardUrl } from '../../../src/lib/rule.ts';

test('a requirement leads to the text that it stands in', () => {
  expect(standardUrl('ASVS 6.2.8')).toMatch(/\/v5\.0\.0_release\/5\.0\/en\/0x15-V6-Authentication\.md$/);
  expect(standardUrl('ASVS 16.5.1')).toMatch(/0x25-V16-Security-Logging-and-Error-Handling\.md$/);
  expect(standardUrl('API10:2023')).toMatch(/0xaa-unsafe-consumption-of-apis\/$/);
  expect(standardUrl('A01:2025')).toBe('https://owasp.org/Top10/2025/A01_2025-Broken_Access_Control/');
});

test.each(['ASVS 18.1.1', 'ASVS 6.2', 'API11:2023', 'API1:2019', 'A11:2025', 'A03:2021', 'PCI 1'])(
  '%s is no requirement of an edition in force',
  (name) => expect(standardUrl(name)).toBeUndefined(),
);
