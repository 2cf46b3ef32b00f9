/** A channel that nobody listens to: packages publish what they do, and a program in a browser has no observer. */
class Channel {
  readonly name: string;
  readonly hasSubscribers = false;
  constructor(name: string) {
    this.name = name;
  }
  publish() {}
  subscribe() {}
  unsubscribe() {}
  bindStore() {}
  unbindStore() {}
  runStores<T>(_context: unknown, run: (...args: unknown[]) => T, receiver?: unknown, ...args: unknown[]): T {
    return Reflect.apply(run, receiver, args);
  }
}

export const channel = (name: string) => new Channel(name);
export const tracingChannel = (name: string) => ({
  hasSubscribers: false,
  start: channel(`${name}:start`),
  end: channel(`${name}:end`),
  asyncStart: channel(`${name}:asyncStart`),
  asyncEnd: channel(`${name}:asyncEnd`),
  error: channel(`${name}:error`),
  subscribe() {},
  unsubscribe() {},
  traceSync: <T>(run: (...args: unknown[]) => T, _context?: unknown, receiver?: unknown, ...args: unknown[]): T =>
    Reflect.apply(run, receiver, args),
  tracePromise: <T>(run: (...args: unknown[]) => T, _context?: unknown, receiver?: unknown, ...args: unknown[]): T =>
    Reflect.apply(run, receiver, args),
  traceCallback: <T>(
    run: (...args: unknown[]) => T,
    _position?: number,
    _context?: unknown,
    receiver?: unknown,
    ...args: unknown[]
  ): T => Reflect.apply(run, receiver, args),
});
export const hasSubscribers = () => false;
export const subscribe = () => undefined;
export const unsubscribe = () => false;
export default { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe };
