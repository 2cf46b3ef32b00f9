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
      console.error(`not answered at the deadline: ${open.size}`);
      process.exit(1);
    }, options.patience);
    const closed = once(server, 'close');
    server.close();
    // Those whose headers were sent before they could say `close`.
    const idle = setInterval(() => server.closeIdleConnections(), 500);
    await closed;
    clearInterval(idle);
    // The deadline still holds: a pool may wait for a query without end.
    await options.release();
    clearTimeout(deadline);
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
