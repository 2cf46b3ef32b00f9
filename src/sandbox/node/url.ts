/** `node:url`: the standard's classes, and of the older interface what Express and its like call. */
export const { URL, URLSearchParams } = globalThis;

export const fileURLToPath = (url: string | URL) => decodeURIComponent(new URL(url).pathname);
export const pathToFileURL = (path: string) => new URL(`file://${path}`);
export const domainToASCII = (domain: string) => new URL(`http://${domain}`).hostname;
export const domainToUnicode = (domain: string) => domain;

/** What `parse` returns: `null` for every part that is missing. */
export class Url {
  protocol: string | null = null;
  slashes: boolean | null = null;
  auth: string | null = null;
  host: string | null = null;
  port: string | null = null;
  hostname: string | null = null;
  hash: string | null = null;
  search: string | null = null;
  query: string | Record<string, string> | null = null;
  pathname: string | null = null;
  path: string | null = null;
  href = '';
}

export function parse(text: string, withQuery = false): Url {
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(text);
  const url = new URL(text, 'http://localhost');
  const parsed = new Url();
  if (absolute) {
    const auth = [url.username, url.password].filter(Boolean).join(':');
    Object.assign(parsed, {
      protocol: url.protocol,
      slashes: true,
      auth: auth || null,
      host: url.host,
      port: url.port || null,
      hostname: url.hostname,
    });
  }
  return Object.assign(parsed, {
    hash: url.hash || null,
    search: url.search || null,
    query: withQuery ? Object.fromEntries(url.searchParams) : url.search.slice(1) || null,
    pathname: url.pathname,
    path: url.pathname + url.search,
    href: absolute ? url.href : text,
  });
}

export function format(url: URL | Partial<Url>): string {
  if (url instanceof URL) return url.href;
  const { protocol, host, hostname, port, pathname, search, hash } = url;
  const authority = host ?? (hostname ? `${hostname}${port ? `:${port}` : ''}` : '');
  const scheme = protocol ? `${protocol.replace(/:?$/, ':')}//` : '';
  return `${scheme}${authority}${pathname ?? ''}${search ?? ''}${hash ?? ''}`;
}

export function resolve(from: string, to: string): string {
  const base = new URL(from, 'resolve://');
  const url = new URL(to, base);
  return url.protocol === 'resolve:' ? url.pathname + url.search + url.hash : url.href;
}

export default {
  domainToASCII,
  domainToUnicode,
  fileURLToPath,
  format,
  parse,
  pathToFileURL,
  resolve,
  URL,
  URLSearchParams,
  Url,
};
