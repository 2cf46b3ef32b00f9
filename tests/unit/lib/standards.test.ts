import { expect, test } from 'vitest';
import { lineOf, STANDARDS, standardUrl } from '../../../src/lib/standards.ts';

test('a requirement leads to the text that it stands in', () => {
  expect(standardUrl('ASVS 6.2.8')).toMatch(/\/v5\.0\.0_release\/5\.0\/en\/0x15-V6-Authentication\.md$/);
  expect(standardUrl('ASVS 16.5.1')).toMatch(/0x25-V16-Security-Logging-and-Error-Handling\.md$/);
  expect(standardUrl('API10:2023')).toMatch(/0xaa-unsafe-consumption-of-apis\/$/);
  expect(standardUrl('A01:2025')).toBe('https://owasp.org/Top10/2025/A01_2025-Broken_Access_Control/');
});

test('the last requirement of a section is one, the next is not', () => {
  expect(lineOf('ASVS 10.4.16')?.name).toBe('OAuth and OIDC');
  expect(lineOf('ASVS 10.4.17')).toBeUndefined();
  expect(lineOf('ASVS 17.3.2')?.id).toBe('ASVS V17');
});

test.each([
  'ASVS 18.1.1',
  'ASVS 6.2',
  'ASVS 6.9.1',
  'ASVS 6.2.0',
  'ASVS 06.2.8',
  'ASVS V6',
  'API11:2023',
  'API1:2019',
  'A11:2025',
  'A1:2025',
  'A03:2021',
  'PCI 1',
])('%s is no requirement of an edition in force', (name) => {
  expect(standardUrl(name)).toBeUndefined();
});

test('each standard has all its lines, each with a name and a text of its own', () => {
  expect(STANDARDS.map(({ lines }) => lines.length)).toEqual([10, 10, 17]);
  const all = STANDARDS.flatMap(({ lines }) => lines);
  expect(new Set(all.map(({ id }) => id)).size).toBe(37);
  expect(new Set(all.map(({ url }) => url)).size).toBe(37);
  // As many as the released text of ASVS 5.0.0 has.
  expect(STANDARDS[2]?.lines.reduce((sum, line) => sum + line.requirements, 0)).toBe(345);
});
