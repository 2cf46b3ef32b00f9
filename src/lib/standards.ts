/** One line of a standard: a risk of a Top 10, or a chapter of the ASVS. */
export interface Line {
  /** As rules cite it, or the beginning of that: `A01:2025`, `API1:2023`, `ASVS V6`. */
  id: string;
  /** Its name in the standard. */
  name: string;
  /** Where its text stands. */
  url: string;
  /** How many requirements it holds; 1 for a risk, which is cited as a whole. */
  requirements: number;
}

/** A standard that rules may cite, with all its lines in their order. */
export interface Standard {
  /** Also the anchor of its part of the map. */
  id: string;
  title: string;
  /** Where the standard as a whole stands. */
  url: string;
  lines: Line[];
}

const TOP_URL = 'https://owasp.org/Top10/2025/';
const TOP: [name: string, page: string][] = [
  ['Broken Access Control', 'Broken_Access_Control'],
  ['Security Misconfiguration', 'Security_Misconfiguration'],
  ['Software Supply Chain Failures', 'Software_Supply_Chain_Failures'],
  ['Cryptographic Failures', 'Cryptographic_Failures'],
  ['Injection', 'Injection'],
  ['Insecure Design', 'Insecure_Design'],
  ['Authentication Failures', 'Authentication_Failures'],
  ['Software or Data Integrity Failures', 'Software_or_Data_Integrity_Failures'],
  ['Security Logging & Alerting Failures', 'Security_Logging_and_Alerting_Failures'],
  ['Mishandling of Exceptional Conditions', 'Mishandling_of_Exceptional_Conditions'],
];

const API_URL = 'https://owasp.org/API-Security/editions/2023/en/';
const API: [name: string, page: string][] = [
  ['Broken Object Level Authorization', '0xa1-broken-object-level-authorization'],
  ['Broken Authentication', '0xa2-broken-authentication'],
  ['Broken Object Property Level Authorization', '0xa3-broken-object-property-level-authorization'],
  ['Unrestricted Resource Consumption', '0xa4-unrestricted-resource-consumption'],
  ['Broken Function Level Authorization', '0xa5-broken-function-level-authorization'],
  ['Unrestricted Access to Sensitive Business Flows', '0xa6-unrestricted-access-to-sensitive-business-flows'],
  ['Server Side Request Forgery', '0xa7-server-side-request-forgery'],
  ['Security Misconfiguration', '0xa8-security-misconfiguration'],
  ['Improper Inventory Management', '0xa9-improper-inventory-management'],
  ['Unsafe Consumption of APIs', '0xaa-unsafe-consumption-of-apis'],
];

const ASVS_URL = 'https://github.com/OWASP/ASVS/blob/v5.0.0_release/5.0/en/';
/** Each chapter with its file, and the number of requirements in each of its sections, which count from 1 without a gap. */
const ASVS: [name: string, page: string, sections: number[]][] = [
  ['Encoding and Sanitization', '0x10-V1-Encoding-and-Sanitization', [2, 10, 12, 3, 3]],
  ['Validation and Business Logic', '0x11-V2-Validation-and-Business-Logic', [3, 3, 5, 2]],
  ['Web Frontend Security', '0x12-V3-Web-Frontend-Security', [1, 3, 5, 8, 8, 1, 5]],
  ['API and Web Service', '0x13-V4-API-and-Web-Service', [5, 5, 2, 4]],
  ['File Handling', '0x14-V5-File-Handling', [1, 6, 3, 3]],
  ['Authentication', '0x15-V6-Authentication', [3, 12, 8, 6, 8, 4, 2, 4]],
  ['Session Management', '0x16-V7-Session-Management', [3, 4, 2, 5, 3, 2]],
  ['Authorization', '0x17-V8-Authorization', [4, 4, 3, 2]],
  ['Self-contained Tokens', '0x18-V9-Self-contained-Tokens', [3, 4]],
  ['OAuth and OIDC', '0x19-V10-OAuth-and-OIDC', [2, 3, 5, 16, 5, 2, 3]],
  ['Cryptography', '0x20-V11-Cryptography', [4, 5, 5, 4, 2, 2, 2]],
  ['Secure Communication', '0x21-V12-Secure-Communication', [5, 2, 5]],
  ['Configuration', '0x22-V13-Configuration', [4, 6, 4, 7]],
  ['Data Protection', '0x23-V14-Data-Protection', [2, 8, 3]],
  ['Secure Coding and Architecture', '0x24-V15-Secure-Coding-and-Architecture', [5, 5, 7, 4]],
  ['Security Logging and Error Handling', '0x25-V16-Security-Logging-and-Error-Handling', [1, 5, 4, 3, 4]],
  ['WebRTC', '0x26-V17-WebRTC', [2, 8, 2]],
];

/** Every standard that a rule may cite. Names and numbers are those of the texts that `url` leads to. */
export const STANDARDS: Standard[] = [
  {
    id: 'top-10',
    title: 'OWASP Top 10:2025',
    url: TOP_URL,
    lines: TOP.map(([name, page], index) => {
      const id = `A${String(index + 1).padStart(2, '0')}`;
      return { id: `${id}:2025`, name, url: `${TOP_URL}${id}_2025-${page}/`, requirements: 1 };
    }),
  },
  {
    id: 'api-top-10',
    title: 'OWASP API Security Top 10:2023',
    url: `${API_URL}0x11-t10/`,
    lines: API.map(([name, page], index) => ({
      id: `API${index + 1}:2023`,
      name,
      url: `${API_URL}${page}/`,
      requirements: 1,
    })),
  },
  {
    id: 'asvs',
    title: 'OWASP ASVS 5.0.0',
    url: 'https://github.com/OWASP/ASVS/tree/v5.0.0_release/5.0/en',
    lines: ASVS.map(([name, page, sections], index) => ({
      id: `ASVS V${index + 1}`,
      name,
      url: `${ASVS_URL}${page}.md`,
      requirements: sections.reduce((sum, count) => sum + count, 0),
    })),
  },
];

const lines = new Map(STANDARDS.flatMap((standard) => standard.lines).map((line) => [line.id, line]));

/**
 * The line that a requirement stands in: `A01:2025` and `API1:2023` are lines themselves, `ASVS 6.2.8` is in `ASVS V6`.
 * Undefined for a name that the editions in force do not have.
 */
export function lineOf(requirement: string): Line | undefined {
  const [, chapter, section, number] = /^ASVS (\d+)\.(\d+)\.(\d+)$/.exec(requirement) ?? [];
  if (!chapter) return requirement.startsWith('ASVS') ? undefined : lines.get(requirement);
  const count = ASVS[Number(chapter) - 1]?.[2][Number(section) - 1] ?? 0;
  const written = `ASVS ${Number(chapter)}.${Number(section)}.${Number(number)}`;
  if (written !== requirement || Number(number) < 1 || Number(number) > count) return undefined;
  return lines.get(`ASVS V${chapter}`);
}

/** The address of a requirement's text; undefined for a name that is none. */
export const standardUrl = (requirement: string): string | undefined => lineOf(requirement)?.url;

/** The id of the standard that a requirement stands in: `asvs`. Undefined for a name that is none. */
export function standardOf(requirement: string): string | undefined {
  const line = lineOf(requirement);
  return line && STANDARDS.find((standard) => standard.lines.includes(line))?.id;
}
