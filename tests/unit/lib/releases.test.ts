import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { byProduct, isOf, releases } from '../../../src/lib/releases.ts';

const ISO = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, never>;

test.each(releases)('$of $version has a date and a source', ({ date, ends, sources }) => {
  for (const day of [date, ...(ends ? [ends] : [])]) {
    expect(day).toMatch(ISO);
    expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
  }
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) expect(new URL(source).protocol).toBe('https:');
  if (ends) expect(ends > date).toBe(true);
});

test.each(releases.filter(({ remark }) => remark))(
  'the remark on $of $version stays right when days pass',
  (release) => {
    expect(release.remark).not.toMatch(
      /\b(soon|now|current(ly)?|recent(ly)?|today|upcoming|next|will|latest|new|yet|still)\b/i,
    );
  },
);

test('no line stands twice, and those of one product follow each other by age', () => {
  for (const [product, lines] of byProduct(releases)) {
    const versions = lines.map(({ version }) => version);
    expect(new Set(versions).size, product).toBe(versions.length);
    expect(
      versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })),
      product,
    ).toEqual(versions);
  }
  const order = releases.map(({ of }) => of);
  expect(order.filter((of, index) => of !== order[index - 1])).toEqual([...new Set(order)]);
});

test('a line is told from one that only begins alike', () => {
  const line = (version: string) => ({ of: 'x', version, date: '2026-01-01', sources: ['https://example.com'] });
  expect(isOf(line('1'), '1.2.3')).toBe(true);
  expect(isOf(line('1'), '10.0.0')).toBe(false);
  expect(isOf(line('8.1'), '8.10.0')).toBe(false);
  expect(isOf(line('8.10'), '8.10')).toBe(true);
  expect(isOf(line('8'), undefined)).toBe(false);
});

test('what the programs ran on is one of the lines', () => {
  const { node, postgresql, redis } = json('src/content/samples/versions.json') as Record<string, string>;
  const { dependencies, devDependencies } = json('package.json') as Record<string, Record<string, string>>;
  const packages = { ...devDependencies, ...dependencies };
  const [cache = '', version] = redis?.split(' ') ?? [];
  const used: Record<string, string | undefined> = {
    'Node.js': node,
    PostgreSQL: postgresql,
    [cache]: version,
    Express: packages['express'],
    Prisma: packages['@prisma/client'],
    Zod: packages['zod'],
    TypeScript: packages['typescript'],
    Jest: packages['jest'],
  };
  for (const [product, one] of Object.entries(used)) {
    expect(
      releases.filter((release) => release.of === product && isOf(release, one)),
      product,
    ).toHaveLength(1);
  }
});
