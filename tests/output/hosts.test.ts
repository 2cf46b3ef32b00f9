/** The host files in `deploy/`, tried with the real servers. CI installs them; where one is missing its tests wait. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { missingFor } from '../samples/needs.ts';
import { BASE, bytes, DIST, text } from './dist.ts';

const DOCROOT = resolve(DIST);
let folder = '';

/** Starts a server on a configuration that listens on `port`, as a person would who has put their folder into it. */
const SERVERS: Record<string, (port: number) => Promise<ChildProcess>> = {
  async nginx(port) {
    const site = (await readFile('deploy/nginx.conf', 'utf8'))
      .replace('listen 8080;', `listen 127.0.0.1:${port};`)
      .replace('root dist;', `root ${DOCROOT};`);
    await writeFile(join(folder, 'site.conf'), site);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const paths = temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
    const main = `daemon off; pid ${folder}/pid; error_log stderr; events {}\nhttp { access_log off; ${paths} include ${folder}/site.conf; }`;
    await writeFile(join(folder, 'nginx.conf'), main);
    return spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' });
  },
  async caddy(port) {
    const site = (await readFile('deploy/Caddyfile', 'utf8'))
      .replace(':8080 {', `http://127.0.0.1:${port} {`)
      .replace('root * dist', `root * ${DOCROOT}`);
    await writeFile(join(folder, 'Caddyfile'), `{\n\tadmin off\n}\n${site}`);
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const args = ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
    return spawn('caddy', args, { stdio: 'ignore', env });
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handbook-hosts-'));
  await mkdir(join(folder, 'logs'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const [name, start] of Object.entries(SERVERS)) {
  const absent = missingFor(`// needs: ${name}`).length > 0 && !process.env.CI;
  // The files are for a site at the root of its host.
  const title = absent ? `${name}: needs what this machine has not` : name;
  describe.skipIf(absent || BASE !== '/')(title, () => {
    let server: ChildProcess | undefined;
    let origin = '';

    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(origin + path, { headers, redirect: 'manual' });
    const of = (response: Response, header: string) => response.headers.get(header) ?? '';

    beforeAll(async () => {
      const port = await getPort();
      origin = `http://127.0.0.1:${port}`;
      server = await start(port);
      await vi.waitFor(async () => expect((await get('/')).status).toBe(200), { timeout: 20_000, interval: 100 });
    }, 30_000);
    afterAll(() => {
      server?.kill();
    });

    test('serves a topic as HTML or, to whom prefers it, as its twin; caches keep them apart', async () => {
      const asks: [string, string][] = [
        ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
        ['text/html, text/markdown;q=0.5', 'text/html'],
        ['text/markdown', 'text/markdown'],
        ['text/markdown, text/html;q=0.9, */*;q=0.1', 'text/markdown'],
      ];
      for (const [accept, type] of asks) {
        const response = await get('/api/pagination/', { accept });
        expect(`${response.status} ${of(response, 'content-type')}`, accept).toBe(`200 ${type}; charset=utf-8`);
        expect(of(response, 'vary').toLowerCase()).toMatch(/\baccept\b(?!-)/);
        const body = await response.text();
        expect(body.startsWith(type === 'text/markdown' ? '---\ntitle: "Pagination"' : '<!DOCTYPE html>')).toBe(true);
      }
      // A page without a twin is HTML to everybody.
      expect(of(await get('/api/', { accept: 'text/markdown' }), 'content-type')).toContain('text/html');
    });

    test('types what it serves, and compresses text', async () => {
      const types: [string, string][] = [
        ['/api/pagination.md', 'text/markdown; charset=utf-8'],
        ['/samples/pagination/keyset.ts', 'text/plain; charset=utf-8'],
        ['/samples/pagination/keyset.out', 'text/plain; charset=utf-8'],
        ['/skill/backend-engineer.tar.gz', 'application/gzip'],
      ];
      for (const [path, type] of types) expect(of(await get(path), 'content-type'), path).toBe(type);
      const archive = Buffer.from(await (await get('/skill/backend-engineer.tar.gz')).arrayBuffer());
      expect(archive.equals(bytes('skill/backend-engineer.tar.gz'))).toBe(true);
      expect(of(await get('/checklist/', { 'accept-encoding': 'gzip' }), 'content-encoding')).toBe('gzip');
    });

    test('lets hashed files be kept for ever, and pages be asked for anew', async () => {
      const script = /\/_astro\/[^"]+/.exec(text('checklist/index.html'))?.[0] ?? '';
      expect(of(await get(script), 'cache-control')).toBe('public, max-age=31536000, immutable');
      expect(of(await get('/checklist/'), 'cache-control')).toBe('no-cache');
      expect(of(await get('/_sandbox/manifest.json'), 'cache-control')).toBe('no-cache');
    });

    test('answers a page that is not there with 404 and our page, and sends the security headers with both', async () => {
      const missing = await get('/nothing/here/');
      expect(missing.status).toBe(404);
      expect(await missing.text()).toContain('<!DOCTYPE html>');
      for (const response of [missing, await get('/')]) {
        expect(of(response, 'x-content-type-options')).toBe('nosniff');
        expect(of(response, 'referrer-policy')).toBe('strict-origin-when-cross-origin');
      }
    });
  });
}
