/** One line of releases of something that the programs run on. Dates are as its source gives them: `2026-11-22`. */
export interface Release {
  /** `Node.js` */
  of: string;
  /** As far as it names the line: `24`, or `9.1` where each minor version has a life of its own. */
  version: string;
  /** When its first release came out, unless `dateOf` says otherwise. */
  date: string;
  /** What came out on that day, where it is not the first release: `beta 4`. `planned` for what its makers announced. */
  dateOf?: string;
  /** The day after which its makers fix nothing more, if they have named one. */
  ends?: string;
  /** What does not fit a date. It stays right when a date passes. */
  remark?: string;
  /** Where each of these facts stands; at least one. */
  sources: string[];
}

const NODE = 'https://github.com/nodejs/Release#release-schedule';
const POSTGRESQL = 'https://www.postgresql.org/support/versioning/';
const VALKEY = 'https://valkey.io/topics/releases/';
const REDIS = 'https://redis.io/docs/latest/operate/oss_and_stack/install/version-mgmt/';

/** What is known of the lines before and after the one that is used here. Newest last. */
export const releases: Release[] = [
  { of: 'Node.js', version: '20', date: '2023-04-18', ends: '2026-04-30', sources: [NODE] },
  {
    of: 'Node.js',
    version: '22',
    date: '2024-04-24',
    ends: '2027-04-30',
    remark: 'Maintenance from 2025-10-21.',
    sources: [NODE],
  },
  {
    of: 'Node.js',
    version: '24',
    date: '2025-05-06',
    ends: '2028-04-30',
    remark: 'Maintenance from 2026-10-20.',
    sources: [NODE],
  },
  {
    of: 'Node.js',
    version: '26',
    date: '2026-05-05',
    ends: '2029-04-30',
    remark: 'Active LTS from 2026-10-28, maintenance from 2027-10-20.',
    sources: [NODE],
  },
  {
    of: 'Node.js',
    version: '27',
    date: '2027-04-22',
    ends: '2030-04-30',
    dateOf: 'planned',
    remark: 'Alpha releases from 2026-10-28, by the schedule.',
    sources: ['https://raw.githubusercontent.com/nodejs/Release/refs/heads/main/schedule.json'],
  },

  { of: 'PostgreSQL', version: '14', date: '2021-09-30', ends: '2026-11-12', sources: [POSTGRESQL] },
  { of: 'PostgreSQL', version: '15', date: '2022-10-13', ends: '2027-11-11', sources: [POSTGRESQL] },
  { of: 'PostgreSQL', version: '16', date: '2023-09-14', ends: '2028-11-09', sources: [POSTGRESQL] },
  { of: 'PostgreSQL', version: '17', date: '2024-09-26', ends: '2029-11-08', sources: [POSTGRESQL] },
  { of: 'PostgreSQL', version: '18', date: '2025-09-25', ends: '2030-11-14', sources: [POSTGRESQL] },
  {
    of: 'PostgreSQL',
    version: '19',
    date: '2026-09-24',
    dateOf: 'beta 4',
    remark: 'No later step is recorded here.',
    sources: ['https://www.postgresql.org/'],
  },

  { of: 'Valkey', version: '8.0', date: '2024-09-15', ends: '2027-09-15', sources: [VALKEY] },
  {
    of: 'Valkey',
    version: '8.1',
    date: '2025-03-31',
    ends: '2030-03-31',
    remark: 'From 2028-03-31 only security fixes.',
    sources: [VALKEY],
  },
  { of: 'Valkey', version: '9.0', date: '2025-10-21', ends: '2028-10-21', sources: [VALKEY] },
  {
    of: 'Valkey',
    version: '9.1',
    date: '2026-05-19',
    remark: 'Fixes until 2029-05-19 at least, by the policy of three years.',
    sources: [VALKEY],
  },

  {
    of: 'Redis',
    version: '7.2',
    date: '2023-08-15',
    ends: '2029-12-01',
    remark: 'The last under BSD.',
    sources: [REDIS],
  },
  {
    of: 'Redis',
    version: '8.0',
    date: '2025-05-02',
    ends: '2026-12-01',
    remark: 'AGPL as an option.',
    sources: [REDIS],
  },
  { of: 'Redis', version: '8.2', date: '2025-08-04', ends: '2030-09-01', sources: [REDIS] },
  { of: 'Redis', version: '8.10', date: '2026-07-29', sources: [REDIS] },

  {
    of: 'Express',
    version: '4',
    date: '2014-04-09',
    remark: 'Maintenance from 2025-04-01; its end was announced for no sooner than 2026-10-01.',
    sources: ['https://expressjs.com/en/blog/2025-03-31-v5-1-latest-release', 'https://expressjs.com/en/support'],
  },
  {
    of: 'Express',
    version: '5',
    date: '2024-09-09',
    remark: 'The default on npm from 5.1 on.',
    sources: ['https://expressjs.com/en/blog/2025-03-31-v5-1-latest-release'],
  },

  {
    of: 'Prisma',
    version: '6',
    date: '2025-11-05',
    dateOf: '6.19',
    remark: 'The makers name 7 and 8 as the versions that they maintain.',
    sources: [
      'https://github.com/prisma/orm/releases/tag/6.19.0',
      'https://raw.githubusercontent.com/prisma/orm/HEAD/docs/oss/versioning.md',
    ],
  },
  {
    of: 'Prisma',
    version: '7',
    date: '2025-11-19',
    remark: 'Fixes for 18 months from the day of 8.0.0.',
    sources: [
      'https://www.prisma.io/docs/orm/release-status',
      'https://www.npmjs.com/package/prisma?activeTab=versions',
    ],
  },
  {
    of: 'Prisma',
    version: '8',
    date: '2026-11-16',
    dateOf: 'rc.34',
    remark:
      'That release candidate is of its CLI; no later one is recorded here. Another API: the candidates lack `$extends` and P-codes.',
    sources: [
      'https://github.com/prisma/prisma-cli/releases/tag/v8.0.0-rc.34',
      'https://www.prisma.io/docs/orm/release-status',
    ],
  },

  {
    of: 'Zod',
    version: '4',
    date: '2025-07-08',
    remark: 'Zod 3 lives on in the same package, as `zod/v3`.',
    sources: ['https://zod.dev/v4/versioning'],
  },

  {
    of: 'TypeScript',
    version: '6',
    date: '2026-03-23',
    remark: 'The last that is written in JavaScript, with its API for tools.',
    sources: ['https://github.com/microsoft/TypeScript/releases'],
  },
  {
    of: 'TypeScript',
    version: '7',
    date: '2026-07-08',
    remark: 'A native compiler. 7.0 has no stable API for tools.',
    sources: ['https://devblogs.microsoft.com/typescript/announcing-typescript-7-0/'],
  },

  {
    of: 'Jest',
    version: '30',
    date: '2025-06-10',
    sources: ['https://www.npmjs.com/package/jest?activeTab=versions'],
  },
];

/** Releases by what they are of, in the order of the list. */
export function byProduct(all: Release[]): [product: string, lines: Release[]][] {
  const groups = new Map<string, Release[]>();
  for (const release of all) groups.set(release.of, [...(groups.get(release.of) ?? []), release]);
  return [...groups];
}

/** Whether `used` (`18.4`) is a release of this line. */
export const isOf = (release: Release, used: string | undefined): boolean =>
  used !== undefined && `${used}.`.startsWith(`${release.version}.`);
