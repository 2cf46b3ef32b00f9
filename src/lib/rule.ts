import { z } from 'zod';

/** How much weight a rule has: what *must* be done, what *should*, and what to *consider*. */
export const LEVELS = ['must', 'should', 'consider'] as const;

/** One imperative sentence with its reason: the same object on a page, in a checklist and in the skill. */
export const ruleSchema = z.strictObject({
  /** Permanent and unique in the handbook: a reader's ticks are kept under it. Begins with its topic's name. */
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens'),
  /** What to do: one sentence, imperative, inline Markdown. */
  text: z.string().min(1).max(160),
  /** What goes wrong without it: one sentence. */
  why: z.string().min(1).max(240),
  level: z.enum(LEVELS),
  /** Requirements that it answers to, such as `ASVS 6.2.8` or `API3:2023`. */
  standards: z
    .array(z.string().refine((name) => standardUrl(name), 'must look like `ASVS 6.2.8`, `API3:2023` or `A01:2025`'))
    .default([]),
});

/** See `ruleSchema`, where each field says what it is for. */
export type Rule = z.infer<typeof ruleSchema>;

const ASVS = [
  '0x10-V1-Encoding-and-Sanitization',
  '0x11-V2-Validation-and-Business-Logic',
  '0x12-V3-Web-Frontend-Security',
  '0x13-V4-API-and-Web-Service',
  '0x14-V5-File-Handling',
  '0x15-V6-Authentication',
  '0x16-V7-Session-Management',
  '0x17-V8-Authorization',
  '0x18-V9-Self-contained-Tokens',
  '0x19-V10-OAuth-and-OIDC',
  '0x20-V11-Cryptography',
  '0x21-V12-Secure-Communication',
  '0x22-V13-Configuration',
  '0x23-V14-Data-Protection',
  '0x24-V15-Secure-Coding-and-Architecture',
  '0x25-V16-Security-Logging-and-Error-Handling',
  '0x26-V17-WebRTC',
];

const API = [
  '0xa1-broken-object-level-authorization',
  '0xa2-broken-authentication',
  '0xa3-broken-object-property-level-authorization',
  '0xa4-unrestricted-resource-consumption',
  '0xa5-broken-function-level-authorization',
  '0xa6-unrestricted-access-to-sensitive-business-flows',
  '0xa7-server-side-request-forgery',
  '0xa8-security-misconfiguration',
  '0xa9-improper-inventory-management',
  '0xaa-unsafe-consumption-of-apis',
];

const TOP = [
  'A01_2025-Broken_Access_Control',
  'A02_2025-Security_Misconfiguration',
  'A03_2025-Software_Supply_Chain_Failures',
  'A04_2025-Cryptographic_Failures',
  'A05_2025-Injection',
  'A06_2025-Insecure_Design',
  'A07_2025-Authentication_Failures',
  'A08_2025-Software_or_Data_Integrity_Failures',
  'A09_2025-Security_Logging_and_Alerting_Failures',
  'A10_2025-Mishandling_of_Exceptional_Conditions',
];

/**
 * The address of a requirement's text in OWASP ASVS 5.0, the API Security Top 10 of 2023 or the Top 10 of 2025; undefined
 * for a name that is none of theirs.
 */
export function standardUrl(name: string): string | undefined {
  const [, asvs, api, top] = /^(?:ASVS (\d+)\.\d+\.\d+|API(\d+):2023|A(\d\d):2025)$/.exec(name) ?? [];
  const page = asvs ? ASVS[Number(asvs) - 1] : api ? API[Number(api) - 1] : TOP[Number(top) - 1];
  if (!page) return undefined;
  if (asvs) return `https://github.com/OWASP/ASVS/blob/v5.0.0_release/5.0/en/${page}.md`;
  if (api) return `https://owasp.org/API-Security/editions/2023/en/${page}/`;
  return `https://owasp.org/Top10/2025/${page}/`;
}
