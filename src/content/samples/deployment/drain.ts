import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';

// #region drain
type Options = {
  /** Resolves when balancers have seen that this is not ready: 5 s or so. */
  noticed: () => Promise<unknown>;
  /** How long requests may take after that, in milliseconds. */
  patience: number;
  /** Closes what requests use, such as pools; last, when there are none. */
  release: () => Promise<unknown>;
};

/** Lets `server` end at SIGTERM with all its requests answered. */
export function drainAtSigterm(server: Server, options: Options) {
  let stopping = false;
  const open = new Set<ServerResponse>();
  // The balancer is to send its next request on another connection.
  const lastOfConnection = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('Connection', 'close');
  };
  server.prependListener('request', (_req, res) => {
    open.add(res);
    res.once('close', () => open.delete(res));
    if (stopping) lastOfConnection(res);
  });

  async function stop(): Promise<void> {
    stopping = true;
    open.forEach(lastOfConnection);
    // Not ready any more, and still serving: requests are on their way.
    await options.noticed();
    const deadline = setTimeout(() => {
      console.error(`not over at the deadline, requests open: ${open.size}`);
      process.exit(1);
    }, options.patience);
    // It keeps nothing alive, and ends what something else keeps alive.
    deadline.unref();
    const closed = once(server, 'close');
    server.close();
    // Left are those that could not be told to close, and those on which
    // nothing has come yet: Node does not take the latter for idle.
    const rest = setInterval(() => {
      if (open.size > 0) server.closeIdleConnections();
      else server.closeAllConnections();
    }, 500);
    await closed;
    clearInterval(rest);
    // The deadline still holds: a pool may wait for a query without end.
    await options.release();
  }
  // Once: a second signal ends the process, as it does by default.
  process.once('SIGTERM', () => {
    stop().catch((error: unknown) => {
      console.error('could not stop', error);
      process.exit(1);
    });
  });
  return { isReady: () => !stopping };
}
// #endregion drain
