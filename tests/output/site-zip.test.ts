import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildIn, filesIn } from '../../scripts/release.ts';
import { startServer, type SiteServer } from '../../scripts/serve.ts';
import { siteZipOf } from '../../src/lib/site-zip.ts';
import { NAME, TAKEAWAYS } from '../../src/lib/takeaway.ts';
import { DIST, elementsOf, topics } from './dist.ts';

const { site } = buildIn(process.cwd(), process.env);
const files = filesIn(DIST);
let folder: string;
let server: SiteServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handbook-site-'));
  for (const [path, bytes] of Object.entries(unzipSync(siteZipOf(files, site, NAME)))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  server = await startServer({ root: join(folder, NAME, 'site'), base: site.base, port: 0 });
}, 120_000);

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('the zip of the site is the build, without what is to be taken away', () => {
  const away = new Set(TAKEAWAYS.map(({ file }) => file));
  const packed = filesIn(join(folder, NAME, 'site'));
  expect([...packed.keys()].sort()).toEqual([...files.keys()].filter((path) => !away.has(path)).sort());
  const other = [...packed].filter(([path, bytes]) => path !== 'index.html' && Buffer.compare(bytes, files.get(path)!));
  expect(other.map(([path]) => path)).toEqual([]);
});

test('served by another server, every page, program and link of the home page is there', async () => {
  const links = elementsOf('index.html')
    .flatMap(({ attributes }) => [attributes['href'] ?? '', attributes['src'] ?? ''])
    .filter((link) => link.startsWith(site.base) && !TAKEAWAYS.some(({ file }) => link.endsWith(file)))
    .map((link) => link.slice(site.base.length));
  const samples = [...files.keys()].filter((path) => path.startsWith('samples/'));
  for (const path of new Set([...links, ...topics.map((topic) => `${topic}/`), ...samples])) {
    const { status } = await fetch(new URL(path, server.url), { method: 'HEAD' });
    expect(status, path).toBe(200);
  }
});
