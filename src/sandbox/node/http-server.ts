import { IncomingMessage, ServerResponse, type Sink } from './http-message.ts';
import { Server as NetServer, Socket, ports } from './net.ts';

/** A request as it leaves its client: all of it, since both ends are in one worker. */
export interface Request {
  method: string;
  /** Path and query. */
  url: string;
  headers: [string, string][];
  body: Uint8Array | undefined;
}

/** `http.Server`: it is handed requests, not bytes. */
export class Server extends NetServer {
  override speaksHttp = true;
  keepAliveTimeout = 5_000;
  headersTimeout = 60_000;
  requestTimeout = 300_000;
  timeout = 0;
  maxHeadersCount: number | null = null;

  constructor(options?: unknown, listener?: unknown) {
    super();
    const onRequest = typeof options === 'function' ? options : listener;
    if (typeof onRequest === 'function') this.on('request', onRequest as (...args: unknown[]) => void);
  }
  setTimeout(): this {
    return this;
  }
}

export const createServer = (options?: unknown, listener?: unknown) => new Server(options, listener);

/** The HTTP server that listens on `port`, if there is one. */
export function serverAt(port: number): Server | undefined {
  const server = ports.get(port);
  return server instanceof Server ? server : undefined;
}

/** Hands a request to a server, and its answer to `sink`. The returned function is the client going away. */
export function exchange(server: Server, request: Request, sink: Sink): () => void {
  const socket = new Socket();
  socket.remoteAddress = '::ffff:127.0.0.1';
  socket.remoteFamily = 'IPv6';
  socket.localPort = server.address()?.port ?? 0;
  socket.pending = false;
  server.adopt(socket);

  const incoming = new IncomingMessage(socket);
  incoming.method = request.method;
  incoming.url = request.url;
  for (const [name, value] of request.headers) incoming.addHeader(name, value);
  const response = new ServerResponse(incoming);
  response.sink = sink;
  if (request.body?.length) incoming.push(Buffer.from(request.body));
  incoming.push(null);
  incoming.complete = true;
  server.emit('request', incoming, response);
  return () => {
    if (response.writableFinished || response.destroyed) return;
    incoming.aborted = true;
    if (!incoming.readableEnded) {
      const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      incoming.emit('aborted');
      if (incoming.listenerCount('error') > 0) incoming.destroy(error);
      else incoming.destroy();
    }
    response.destroy();
  };
}
