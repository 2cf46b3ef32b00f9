/** `npm run preview`: serves `dist/` until Ctrl+C. `--strict-port` fails on a busy port instead of taking the next. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort, { portNumbers } from 'get-port';
import sirv from 'sirv';

const PORT = 4321;
const PLAIN = 'text/plain; charset=utf-8';

/** Types that sirv guesses otherwise: `.ts` is a video to it, and text comes without its encoding. */
const TYPES: Record<string, string> = {
  '.gz': 'application/gzip',
  '.md': 'text/markdown; charset=utf-8',
  '.out': PLAIN,
  '.prisma': PLAIN,
  '.sql': PLAIN,
  '.ts': PLAIN,
  '.txt': PLAIN,
};

/** A server that runs. */
export interface SiteServer {
  /** Where the home page is, with the base path and a slash at the end. */
  url: string;
  /** Resolves when the port is free again. */
  close(): Promise<void>;
}

/**
 * Serves the folder `root` as a static host would, its home page at the path `base`: `''`, or such as `/handbook`.
 * Port 0 takes any free one. Rejects when the port is busy.
 */
export async function startServer(options: { root: string; base: string; port: number }): Promise<SiteServer> {
  const base = pathOf(options.base);
  const files = sirv(options.root, {
    // Files are looked up on each request, so that a build that runs meanwhile is served as it is.
    dev: true,
    etag: true,
    dotfiles: true,
    setHeaders,
  });
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (base && (path === '/' || path === base)) {
      response.writeHead(302, { location: `${base}/` }).end();
    } else if (path.startsWith(`${base}/`)) {
      request.url = path.slice(base.length);
      files(request, response, () => notFound(options.root, response));
    } else {
      notFound(options.root, response);
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${base}/`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** A base path with a slash before it and none after; `''` for none. */
function pathOf(base: string): string {
  const names = base.split('/').filter(Boolean);
  return names.map((name) => `/${name}`).join('');
}

function setHeaders(response: ServerResponse, path: string) {
  const type = TYPES[extname(path)];
  if (type) response.setHeader('Content-Type', type);
  if (extname(path) !== '.gz') return;
  // sirv takes an archive for a compressed page, and a client would unpack it.
  const writeHead = response.writeHead.bind(response);
  response.writeHead = ((code: number, headers: OutgoingHttpHeaders) => {
    delete headers['Content-Encoding'];
    return writeHead(code, headers);
  }) as typeof response.writeHead;
}

function notFound(root: string, response: ServerResponse) {
  const page = join(root, '404.html');
  response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' });
  response.end(existsSync(page) ? readFileSync(page) : 'Not found');
}

/** The first free port from `port` on. */
export function freePort(port: number): Promise<number> {
  // Below 1024 an ordinary user may open none, and get-port looks for none.
  if (port < 1024) return Promise.resolve(port);
  return getPort({ port: portNumbers(port, Math.min(port + 99, 65_535)) });
}

async function serve(strict: boolean) {
  const root = fileURLToPath(new URL('../dist', import.meta.url));
  if (!existsSync(join(root, 'index.html'))) throw new Error('There is no dist/index.html. Run `npm run build` first.');
  const wanted = Number(process.env.PORT || PORT);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535) throw new Error('PORT must be from 1 to 65535.');
  const port = strict ? wanted : await freePort(wanted);
  if (port !== wanted) console.log(`Port ${wanted} is busy, so this is on ${port}.`);

  const server = await startServer({ root, base: process.env.BASE_PATH ?? '', port }).catch((cause: unknown) => {
    throw new Error(`Port ${port} cannot be had. End what uses it, or set PORT to another.`, { cause });
  });
  console.log(`The handbook is at ${server.url} (Ctrl+C stops it)`);
  const stop = () => void server.close().then(() => process.exit(0));
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

if (import.meta.main) {
  await serve(process.argv.includes('--strict-port')).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
