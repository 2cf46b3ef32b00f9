/**
 * `node:net` over a loopback network that exists in this worker alone: `createServer().listen(port)` is what
 * `connect(port)` reaches. Other machines do not exist.
 */
import EventEmitter from 'events';
import { Duplex } from 'readable-stream';
import { hold, type Hold } from './lifetime.ts';
import * as timers from './timers.ts';

type Listener = (...args: unknown[]) => void;

/** Who listens, by port number. */
export const ports = new Map<number, Server>();

const LOCAL = new Set(['localhost', '127.0.0.1', '::1', '0.0.0.0', '::', '[::1]']);

/** Whether `host` is this machine, which is the only one there is. */
export const isLocal = (host: string | undefined) => host === undefined || LOCAL.has(host);

/** The error of a connection that nobody takes, or of a name that leads nowhere. */
export function unreachable(host: string, port: number): NodeJS.ErrnoException {
  if (!isLocal(host)) {
    const error = new Error(`getaddrinfo ENOTFOUND ${host}`);
    return Object.assign(error, { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host });
  }
  const error = new Error(`connect ECONNREFUSED 127.0.0.1:${port}`);
  return Object.assign(error, { errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port });
}

interface Target {
  port?: number | string | undefined;
  host?: string | undefined;
}

let nextPort = 50_000;

/** One end of a connection. What one end writes, the other reads. */
export class Socket extends Duplex {
  connecting = false;
  pending = true;
  encrypted = false;
  remoteAddress: string | undefined = '127.0.0.1';
  remotePort: number | undefined = nextPort++;
  remoteFamily = 'IPv4';
  localAddress = '127.0.0.1';
  localPort = 0;
  bytesWritten = 0;
  bytesRead = 0;
  timeout = 0;
  #peer: Socket | undefined;
  #hold: Hold | undefined;
  #resume: (() => void) | undefined;
  #timer: timers.Timeout | undefined;

  constructor(options: { allowHalfOpen?: boolean } = {}) {
    super({ allowHalfOpen: options.allowHalfOpen ?? false });
  }

  connect(...args: unknown[]): this {
    const [first, second] = args;
    const target: Target =
      typeof first === 'object' && first !== null && !Array.isArray(first)
        ? first
        : { port: first as number, host: typeof second === 'string' ? second : undefined };
    const listener = args.at(-1);
    if (typeof listener === 'function') this.once('connect', listener as Listener);
    this.connecting = true;
    this.#hold = hold();
    queueMicrotask(() => this.#arrive(target.host ?? 'localhost', Number(target.port)));
    return this;
  }

  #arrive(host: string, port: number) {
    if (this.destroyed) return;
    const server = isLocal(host) ? ports.get(port) : undefined;
    this.connecting = false;
    if (!server || server.speaksHttp) {
      this.destroy(unreachable(host, port));
      return;
    }
    const peer = new Socket();
    peer.#hold = server.internal ? undefined : hold();
    [this.#peer, peer.#peer] = [peer, this];
    [this.remotePort, this.localPort, peer.localPort] = [port, peer.remotePort ?? 0, port];
    [this.pending, peer.pending] = [false, false];
    server.adopt(peer);
    this.emit('connect');
    this.emit('ready');
  }

  override _read() {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _write(chunk: Uint8Array, encoding: BufferEncoding, done: (error?: Error | null) => void) {
    if (this.connecting) {
      this.once('connect', () => this._write(chunk, encoding, done));
      return;
    }
    const peer = this.#peer;
    if (!peer) return done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }));
    // A copy: the writer may use its memory again.
    const bytes = Buffer.from(chunk);
    this.bytesWritten += bytes.length;
    this.#touch();
    queueMicrotask(() => {
      if (peer.destroyed || peer.readableEnded) return done();
      peer.bytesRead += bytes.length;
      peer.#touch();
      if (peer.push(bytes)) done();
      else peer.#resume = done;
    });
  }

  /** What was written while corked arrives in one piece: PostgreSQL's server must not answer another client in between. */
  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void) {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: (error?: Error | null) => void) {
    const peer = this.#peer;
    queueMicrotask(() => {
      if (peer && !peer.destroyed) peer.push(null);
    });
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void) {
    const peer = this.#peer;
    this.#peer = undefined;
    this.#hold?.release();
    this.#timer?.close();
    queueMicrotask(() => {
      if (!peer || peer.destroyed) return;
      peer.push(null);
      peer.destroy();
    });
    done(error);
  }

  #touch() {
    this.#timer?.refresh().unref();
  }

  setTimeout(milliseconds: number, listener?: Listener): this {
    if (listener) this.once('timeout', listener);
    this.timeout = milliseconds;
    this.#timer?.close();
    this.#timer = milliseconds > 0 ? timers.setTimeout(() => this.emit('timeout'), milliseconds).unref() : undefined;
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    this.#hold?.renew();
    return this;
  }
  unref(): this {
    this.#hold?.release();
    return this;
  }
  address() {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort };
  }
  destroySoon() {
    if (this.writable) this.end(() => this.destroy());
    else this.destroy();
  }
  resetAndDestroy(): this {
    return this.destroy();
  }
  get readyState(): string {
    if (this.connecting) return 'opening';
    return this.destroyed ? 'closed' : 'open';
  }
}

/** A server on the loopback network. */
export class Server extends EventEmitter {
  listening = false;
  maxConnections: number | undefined;
  /** Whether requests are handed over whole: a raw connection finds nobody here. */
  speaksHttp = false;
  /** Whether it belongs to the sandbox, so that it keeps no program alive. */
  internal = false;
  #port = 0;
  #hold: Hold | undefined;
  readonly #open = new Set<Socket>();

  constructor(options?: unknown, listener?: unknown) {
    super();
    const onConnection = typeof options === 'function' ? options : listener;
    if (typeof onConnection === 'function') this.on('connection', onConnection as Listener);
  }

  listen(...args: unknown[]): this {
    const [first] = args;
    const wanted = typeof first === 'object' && first !== null ? (first as Target).port : first;
    const listener = args.find((arg) => typeof arg === 'function');
    let port = typeof wanted === 'function' ? 0 : Number(wanted ?? 0);
    if (port === 0) {
      port = 40_000;
      while (ports.has(port)) port += 1;
    }
    if (ports.has(port)) {
      const error = new Error(`listen EADDRINUSE: address already in use :::${port}`);
      const taken = Object.assign(error, { code: 'EADDRINUSE', errno: -98, syscall: 'listen', address: '::', port });
      queueMicrotask(() => this.emit('error', taken));
      return this;
    }
    ports.set(port, this);
    this.#port = port;
    this.listening = true;
    if (!this.internal) this.#hold = hold();
    if (listener) this.once('listening', listener as Listener);
    queueMicrotask(() => this.emit('listening'));
    return this;
  }

  adopt(socket: Socket) {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    this.emit('connection', socket);
  }

  address() {
    return this.listening ? { port: this.#port, address: '::', family: 'IPv6' } : null;
  }

  close(listener?: (error?: Error) => void): this {
    if (!this.listening) {
      const error = Object.assign(new Error('Server is not running.'), { code: 'ERR_SERVER_NOT_RUNNING' });
      queueMicrotask(() => listener?.(error));
      return this;
    }
    ports.delete(this.#port);
    this.listening = false;
    this.#hold?.release();
    const waiting = [...this.#open];
    const closed = () => {
      this.emit('close');
      listener?.();
    };
    const last = hold();
    let left = waiting.length;
    const done = () => {
      last.release();
      closed();
    };
    if (left === 0) timers.setImmediate(done);
    for (const socket of waiting) {
      socket.once('close', () => {
        left -= 1;
        if (left === 0) done();
      });
    }
    return this;
  }

  getConnections(callback: (error: Error | null, count: number) => void) {
    callback(null, this.#open.size);
  }
  closeAllConnections() {
    for (const socket of this.#open) socket.destroy();
  }
  closeIdleConnections() {}
  ref(): this {
    this.#hold?.renew();
    return this;
  }
  unref(): this {
    this.#hold?.release();
    return this;
  }
  async [Symbol.asyncDispose]() {
    await new Promise<void>((resolve) => this.close(() => resolve()));
  }
}

export const createServer = (options?: unknown, listener?: unknown) => new Server(options, listener);
export const connect = (...args: unknown[]) => new Socket().connect(...args);
export const createConnection = connect;

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const V4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
export const isIPv4 = (text: string) => V4.test(text);
export const isIPv6 = (text: string) => text.includes(':') && URL.canParse(`http://[${text.split('%')[0]}]/`);
export function isIP(text: string): 0 | 4 | 6 {
  if (isIPv4(text)) return 4;
  return isIPv6(text) ? 6 : 0;
}

/** Holds addresses, and knows the ones that it was given. */
export class BlockList {
  readonly #addresses = new Set<string>();
  addAddress(address: string) {
    this.#addresses.add(address);
  }
  check(address: string) {
    return this.#addresses.has(address);
  }
}

export default {
  Socket,
  Stream: Socket,
  Server,
  createServer,
  connect,
  createConnection,
  isIP,
  isIPv4,
  isIPv6,
  BlockList,
};
