import { Readable, Writable } from 'readable-stream';
import { Socket } from './net.ts';

export type HeaderValue = string | number | readonly string[];
export type Headers = Record<string, string | string[] | undefined>;

/** What the other side of an exchange does with a message as it is written. */
export interface Sink {
  head(message: OutgoingMessage): void;
  data(chunk: Uint8Array): void;
  end(): void;
  /** The message will not be finished. */
  cut(): void;
}

function fault(name: 'Error' | 'TypeError', code: string, message: string): Error {
  const error = name === 'TypeError' ? new TypeError(message) : new Error(message);
  return Object.assign(error, { code });
}

// RFC 9110, 5.6.2 and 5.5, as Node.js checks them.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

export function validateHeaderName(name: string): void {
  if (!TOKEN.test(name)) {
    throw fault('TypeError', 'ERR_INVALID_HTTP_TOKEN', `Header name must be a valid HTTP token ["${name}"]`);
  }
}

export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) {
    throw fault('TypeError', 'ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "undefined" for header "${name}"`);
  }
  if (INVALID_VALUE.test(value as string)) {
    throw fault('TypeError', 'ERR_INVALID_CHAR', `Invalid character in header content ["${name}"]`);
  }
}

/** A message that arrives: a request at a server, a response at a client. */
export class IncomingMessage extends Readable {
  headers: Headers = {};
  rawHeaders: string[] = [];
  trailers: Headers = {};
  rawTrailers: string[] = [];
  httpVersion = '1.1';
  httpVersionMajor = 1;
  httpVersionMinor = 1;
  complete = false;
  aborted = false;
  url = '';
  method: string | undefined;
  statusCode: number | undefined;
  statusMessage: string | undefined;
  socket: Socket;
  connection: Socket;

  constructor(socket: Socket) {
    super({ autoDestroy: true });
    this.socket = this.connection = socket;
  }
  get headersDistinct(): Record<string, string[]> {
    return Object.fromEntries(Object.entries(this.headers).map(([name, value]) => [name, [value ?? ''].flat()]));
  }
  override _read() {}
  setTimeout(milliseconds: number, listener?: () => void): this {
    this.socket.setTimeout(milliseconds, listener);
    return this;
  }
  /** Takes in one header line, joining repeated ones as Node.js does. */
  addHeader(name: string, value: string) {
    const key = name.toLowerCase();
    this.rawHeaders.push(name, value);
    const before = this.headers[key];
    if (key === 'set-cookie') this.headers[key] = [...((before as string[] | undefined) ?? []), value];
    else if (before === undefined) this.headers[key] = value;
    else if (!ONCE.has(key)) this.headers[key] = `${String(before)}${key === 'cookie' ? '; ' : ', '}${value}`;
  }
}

/** Headers of which Node.js keeps the first and drops the rest. */
const ONCE = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

/** A message that is written: a response at a server, a request at a client. */
export class OutgoingMessage extends Writable {
  headersSent = false;
  sendDate = true;
  finished = false;
  shouldKeepAlive = true;
  socket: Socket | null = null;
  connection: Socket | null = null;
  protected readonly fields = new Map<string, { name: string; value: HeaderValue }>();

  get _header(): string | null {
    return this.headersSent ? 'sent' : null;
  }
  setHeader(name: string, value: HeaderValue): this {
    validateHeaderName(name);
    this.refuseIfSent('set');
    for (const one of [value].flat() as unknown[]) validateHeaderValue(name, one);
    this.fields.set(name.toLowerCase(), { name, value });
    return this;
  }
  appendHeader(name: string, value: HeaderValue): this {
    const before = this.getHeader(name);
    const all = before === undefined ? [value] : [before, value];
    return this.setHeader(name, all.flat().map(String));
  }
  getHeader(name: string): HeaderValue | undefined {
    return this.fields.get(name.toLowerCase())?.value;
  }
  hasHeader(name: string): boolean {
    return this.fields.has(name.toLowerCase());
  }
  removeHeader(name: string): void {
    this.refuseIfSent('remove');
    this.fields.delete(name.toLowerCase());
  }
  getHeaderNames(): string[] {
    return [...this.fields.keys()];
  }
  getRawHeaderNames(): string[] {
    return [...this.fields.values()].map(({ name }) => name);
  }
  getHeaders(): Record<string, HeaderValue> {
    const all = [...this.fields].map(([key, { value }]) => [key, value] as const);
    return Object.assign(Object.create(null) as object, Object.fromEntries(all));
  }
  setHeaders(headers: Iterable<[string, string]>): this {
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  }
  /** Every header line, in order. */
  lines(): [string, string][] {
    return [...this.fields.values()].flatMap(({ name, value }) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    );
  }
  setTimeout(milliseconds: number, listener?: () => void): this {
    this.socket?.setTimeout(milliseconds, listener);
    return this;
  }
  flushHeaders(): void {
    if (!this.headersSent) this._implicitHeader();
  }
  /** Sends the headers when a body begins without them. */
  _implicitHeader(): void {
    this.start();
  }
  addTrailers(): void {}
  override cork(): void {}
  override uncork(): void {}
  protected start(): void {}
  private refuseIfSent(verb: string) {
    if (!this.headersSent) return;
    throw fault('Error', 'ERR_HTTP_HEADERS_SENT', `Cannot ${verb} headers after they are sent to the client`);
  }
}

/** Which answers have no body (RFC 9110, 6.4.1). */
const bodiless = (status: number) => status < 200 || status === 204 || status === 304;

/** What a server answers with. */
export class ServerResponse extends OutgoingMessage {
  statusCode = 200;
  statusMessage: string | undefined;
  readonly req: IncomingMessage;
  sink: Sink | undefined;
  /** Bytes of a body that is sent in one piece. */
  #length: number | undefined;

  constructor(request: IncomingMessage) {
    super();
    this.req = request;
    this.socket = this.connection = request.socket;
    request.socket.once('close', () => this.destroy());
  }

  writeHead(status: number, reason?: unknown, headers?: unknown): this {
    if (this.headersSent) {
      throw fault('Error', 'ERR_HTTP_HEADERS_SENT', 'Cannot write headers after they are sent to the client');
    }
    // Node.js makes a number of it, as of the '404' that Express 4 lets through.
    const code = status | 0;
    if (code < 100 || code > 999) {
      const error = new RangeError(`Invalid status code: ${status}`);
      throw Object.assign(error, { code: 'ERR_HTTP_INVALID_STATUS_CODE' });
    }
    this.statusCode = code;
    if (typeof reason === 'string') this.statusMessage = reason;
    const more = (typeof reason === 'string' ? headers : reason) as Record<string, HeaderValue> | string[] | undefined;
    if (Array.isArray(more)) {
      for (let at = 0; at < more.length; at += 2) this.setHeader(String(more[at]), String(more[at + 1]));
    } else {
      for (const [name, value] of Object.entries(more ?? {})) this.setHeader(name, value);
    }
    this.start();
    return this;
  }
  writeContinue(): void {}
  writeProcessing(): void {}
  writeEarlyHints(): void {}
  assignSocket(): void {}
  detachSocket(): void {}

  protected override start() {
    if (this.headersSent) return;
    if (this.sendDate && !this.hasHeader('date')) this.setHeader('Date', new Date().toUTCString());
    if (!this.hasHeader('connection')) this.setHeader('Connection', 'keep-alive');
    if (!this.hasHeader('keep-alive')) this.setHeader('Keep-Alive', 'timeout=5');
    if (!this.hasHeader('content-length') && !this.hasHeader('transfer-encoding') && !bodiless(this.statusCode)) {
      if (this.#length === undefined) this.setHeader('Transfer-Encoding', 'chunked');
      else this.setHeader('Content-Length', this.#length);
    }
    this.statusMessage ??= STATUS_CODES[this.statusCode] ?? 'unknown';
    this.headersSent = true;
    this.sink?.head(this);
  }

  /** By way of `writeHead`: packages replace that to add a header at the last moment. */
  override _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    if (!this.headersSent) this._implicitHeader();
    return super.write(chunk, ...(rest as [BufferEncoding]));
  }

  override end(...args: unknown[]): this {
    const [chunk, encoding] = args;
    const body = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : undefined;
    if (!this.headersSent) {
      const type = typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
      this.#length = body === undefined ? 0 : Buffer.byteLength(body, type);
      this._implicitHeader();
    }
    this.finished = true;
    super.end(...(args as Parameters<Writable['end']>));
    return this;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    if (this.req.method !== 'HEAD' && !bodiless(this.statusCode)) this.sink?.data(chunk);
    done();
  }
  override _final(done: (error?: Error | null) => void) {
    this.sink?.end();
    done();
    queueMicrotask(() => this.socket?.destroy());
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void) {
    if (!this.writableFinished) {
      this.sink?.cut();
      this.socket?.destroy();
    }
    done(error);
  }
}

/** The reason phrases that Node.js sends. */
export const STATUS_CODES: Record<number, string> = {
  100: 'Continue',
  101: 'Switching Protocols',
  102: 'Processing',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  208: 'Already Reported',
  226: 'IM Used',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  305: 'Use Proxy',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a Teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Entity',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  509: 'Bandwidth Limit Exceeded',
  510: 'Not Extended',
  511: 'Network Authentication Required',
};
