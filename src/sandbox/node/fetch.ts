import { exchange, serverAt } from './http-server.ts';
import type { OutgoingMessage } from './http-message.ts';
import { hold } from './lifetime.ts';
import { isLocal, unreachable } from './net.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const BODILESS = new Set([101, 204, 205, 304]);

/** The failure of Node's `fetch`, which has what happened as its cause. */
const failed = (cause: Error) => new TypeError('fetch failed', { cause });

function closed(message: string): Error {
  return Object.assign(new Error(message), { name: 'SocketError', code: 'UND_ERR_SOCKET' });
}

/** The headers that Node's `fetch` adds by itself. `Headers` made by hand let a program set Cookie and Host. */
function headersOf(given: Headers, url: URL, body: Uint8Array | undefined, method: string): Headers {
  const headers = new Headers({ host: url.host, connection: 'keep-alive' });
  for (const [name, value] of given) headers.set(name, value);
  const add = (name: string, value: string) => {
    if (!headers.has(name)) headers.set(name, value);
  };
  if (headers.has('if-none-match') || headers.has('if-modified-since')) {
    add('cache-control', 'no-cache');
    add('pragma', 'no-cache');
  }
  add('accept', '*/*');
  add('accept-language', '*');
  add('sec-fetch-mode', 'cors');
  add('user-agent', 'node');
  add('accept-encoding', 'gzip, deflate');
  if (body) headers.set('content-length', String(body.length));
  else if (method === 'POST' || method === 'PUT') headers.set('content-length', '0');
  return headers;
}

async function bodyOf(input: RequestInfo | URL, init: RequestInit): Promise<{ bytes?: Uint8Array; type?: string }> {
  const raw = init.body ?? (input instanceof Request && input.body ? await input.arrayBuffer() : undefined);
  if (raw === undefined || raw === null) return {};
  const wrapped = new Response(raw);
  const type = wrapped.headers.get('content-type');
  const bytes = new Uint8Array(await wrapped.arrayBuffer());
  return type === null ? { bytes } : { bytes, type };
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** A Response whose body fails with the reason that it has: Chromium's own methods turn every reason into a TypeError. */
class LoopbackResponse extends Response {
  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.bodyUsed) throw new TypeError('Body is unusable: Body has already been read');
    return this.body ? bytesOf(this.body) : new Uint8Array();
  }
  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }
  override async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get('content-type') ?? '' });
  }
  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }
  override async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/** `fetch` over the loopback network of this worker. */
export async function loopbackFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const waiting = hold();
  try {
    return await fetched(input, init, 0);
  } finally {
    waiting.release();
  }
}

async function fetched(input: RequestInfo | URL, init: RequestInit, hops: number): Promise<Response> {
  const address = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(address)) {
    throw new TypeError(`Failed to parse URL from ${address}`, { cause: new TypeError('Invalid URL') });
  }
  const url = new URL(address);
  const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
  signal?.throwIfAborted();
  const method = (init.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
  const given = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
  const { bytes, type } = await bodyOf(input, init);
  if (type && !given.has('content-type')) given.set('content-type', type);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const server = isLocal(url.hostname) ? serverAt(port) : undefined;
  if (!server) throw failed(unreachable(url.hostname, port));

  const request = {
    method,
    url: url.pathname + url.search,
    headers: [...headersOf(given, url, bytes, method)],
    body: bytes,
  };
  const response = await answered(server, request, url, signal ?? undefined);
  const location = response.headers.get('location');
  if (!REDIRECTS.has(response.status) || location === null || (init.redirect ?? 'follow') === 'manual') return response;
  if (init.redirect === 'error') throw failed(new Error('unexpected redirect'));
  if (hops >= 20) throw failed(new Error('redirect count exceeded'));
  const asGet = response.status === 303 || (response.status <= 302 && method === 'POST');
  const next = new URL(location, url);
  const body = asGet || !bytes ? null : (bytes as Uint8Array<ArrayBuffer>);
  const followed = await fetched(next, { ...init, method: asGet ? 'GET' : method, body }, hops + 1);
  Object.defineProperty(followed, 'redirected', { value: true });
  return followed;
}

function answered(
  server: NonNullable<ReturnType<typeof serverAt>>,
  request: Parameters<typeof exchange>[1],
  url: URL,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let answering = false;
  const reading = hold();
  // eslint-disable-next-line prefer-const -- the stream may be cancelled before there is a way to leave
  let leave: (() => void) | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (one) => void (controller = one),
    cancel: () => leave?.(),
  });
  const stop = () => {
    reading.release();
    signal?.removeEventListener('abort', abort);
  };
  const abort = () => {
    stop();
    reject(signal?.reason as Error);
    controller?.error(signal?.reason);
    leave?.();
  };
  signal?.addEventListener('abort', abort, { once: true });
  leave = exchange(server, request, {
    head(message: OutgoingMessage) {
      answering = true;
      const { statusCode: status, statusMessage } = message as unknown as { statusCode: number; statusMessage: string };
      const headers = new Headers();
      for (const [name, value] of message.lines()) headers.append(name, value);
      const empty = request.method === 'HEAD' || BODILESS.has(status);
      const response = new LoopbackResponse(empty ? null : stream, { status, statusText: statusMessage });
      // A Response drops Set-Cookie from the headers that it is given.
      Object.defineProperty(response, 'headers', { value: headers });
      Object.defineProperty(response, 'url', { value: url.href });
      resolve(response);
    },
    data: (chunk) => controller?.enqueue(new Uint8Array(chunk)),
    end() {
      stop();
      try {
        controller?.close();
      } catch {
        // Nobody reads the body any more.
      }
    },
    cut() {
      stop();
      const cause = closed('other side closed');
      if (!answering) return reject(failed(cause));
      try {
        controller?.error(new TypeError('terminated', { cause }));
      } catch {
        // The body had ended.
      }
    },
  });
  return promise;
}
