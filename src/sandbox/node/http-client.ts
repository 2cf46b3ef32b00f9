import EventEmitter from 'events';
import { exchange, serverAt } from './http-server.ts';
import {
  IncomingMessage,
  OutgoingMessage,
  type HeaderValue,
  type OutgoingMessage as Outgoing,
} from './http-message.ts';
import { hold } from './lifetime.ts';
import { isLocal, Socket, unreachable } from './net.ts';

interface Options {
  method?: string;
  path?: string;
  host?: string;
  hostname?: string;
  port?: number | string | null;
  headers?: Record<string, HeaderValue | undefined>;
  signal?: AbortSignal;
}

const optionsOf = ({ hostname, port, pathname, search }: URL): Options => ({
  hostname,
  port: port || 80,
  path: pathname + search,
});

/** `http.request`. The request is sent when it ends. */
export class ClientRequest extends OutgoingMessage {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly port: number;
  aborted = false;
  res: IncomingMessage | undefined;
  #body: Uint8Array[] = [];
  #leave: (() => void) | undefined;

  constructor(target: string | URL | Options, more?: unknown, last?: unknown) {
    // It goes on after all is written: until the response has ended.
    super({ autoDestroy: false });
    const isUrl = typeof target === 'string' || target instanceof URL;
    const options: Options = isUrl
      ? { ...optionsOf(new URL(target)), ...(typeof more === 'object' ? (more as Options) : {}) }
      : target;
    const listener = [more, last].find((one) => typeof one === 'function');
    this.method = (options.method ?? 'GET').toUpperCase();
    this.path = options.path ?? '/';
    this.host = options.hostname ?? options.host ?? 'localhost';
    this.port = Number(options.port ?? 80);
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (value !== undefined) this.setHeader(name, value);
    }
    if (!this.hasHeader('host')) this.setHeader('Host', `${this.host}:${this.port}`);
    if (listener) this.once('response', listener as (...args: unknown[]) => void);
    options.signal?.addEventListener('abort', () => this.destroy(options.signal?.reason as Error));
    const socket = (this.socket = this.connection = new Socket());
    queueMicrotask(() => this.emit('socket', socket));
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.#body.push(Buffer.from(chunk));
    done();
  }
  override _final(done: (error?: Error | null) => void) {
    done();
    queueMicrotask(() => this.#send());
  }

  #send() {
    if (this.destroyed) return;
    const server = isLocal(this.host) ? serverAt(this.port) : undefined;
    if (!server) {
      this.destroy(unreachable(this.host, this.port));
      return;
    }
    const body = Buffer.concat(this.#body);
    if (body.length > 0 && !this.hasHeader('content-length')) this.setHeader('Content-Length', body.length);
    if (!this.hasHeader('connection')) this.setHeader('Connection', 'keep-alive');
    this.headersSent = true;
    const response = (this.res = new IncomingMessage(this.socket!));
    const waiting = hold();
    const request = { method: this.method, url: this.path, headers: this.lines(), body };
    this.#leave = exchange(server, request, {
      head: (message: Outgoing) => {
        const { statusCode, statusMessage } = message as unknown as { statusCode: number; statusMessage: string };
        Object.assign(response, { statusCode, statusMessage });
        for (const [name, value] of message.lines()) response.addHeader(name, value);
        queueMicrotask(() => this.emit('response', response));
      },
      data: (chunk) => void response.push(Buffer.from(chunk)),
      end: () => {
        response.complete = true;
        response.push(null);
        waiting.release();
        // All is said: there is no exchange to leave any more.
        this.#leave = undefined;
        this.destroy();
      },
      cut: () => {
        waiting.release();
        const error = Object.assign(new Error(response.statusCode ? 'aborted' : 'socket hang up'), {
          code: 'ECONNRESET',
        });
        if (response.statusCode) response.destroy(error);
        else this.destroy(error);
      },
    });
  }

  abort() {
    this.aborted = true;
    this.destroy();
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void) {
    this.#leave?.();
    done(error);
  }
  setNoDelay() {}
  setSocketKeepAlive() {}
}

export const request = (...args: ConstructorParameters<typeof ClientRequest>) => new ClientRequest(...args);

export function get(...args: ConstructorParameters<typeof ClientRequest>): ClientRequest {
  const sent = request(...args);
  sent.end();
  return sent;
}

/** Connections are not kept here, so there is nothing to pool. */
export class Agent extends EventEmitter {
  readonly options: object;
  readonly defaultPort = 80;
  readonly protocol = 'http:';
  maxSockets = Infinity;
  constructor(options: object = {}) {
    super();
    this.options = options;
  }
  destroy() {}
}
export const globalAgent = new Agent();
