/**
 * What keeps a Node.js process alive: timers, servers, sockets. A worker has no such count, so that ours is kept here; a run
 * ends when it is down to nothing.
 */
let held = 0;
let idle: (() => void) | undefined;

/** Something that keeps the process alive until `release` is called; calling it twice is the same as once. */
export interface Hold {
  release(): void;
  /** Takes hold again after a release: what `ref()` does after `unref()`. */
  renew(): void;
}

/** Keeps the process alive. */
export function hold(): Hold {
  let on = true;
  held += 1;
  return {
    release() {
      if (!on) return;
      on = false;
      held -= 1;
      if (held === 0) idle?.();
    },
    renew() {
      if (on) return;
      on = true;
      held += 1;
    },
  };
}

/** How many things keep the process alive now. */
export const holds = () => held;

/** Calls `listener` each time that nothing keeps the process alive any more. */
export function onIdle(listener: () => void): void {
  idle = listener;
}
