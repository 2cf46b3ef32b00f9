import { format, inspect, type InspectOptions } from 'node-inspect-extracted';
import type { Stream } from '../protocol.ts';

/** Node's `console`, which formats as Node.js does and writes lines. */
export function consoleTo(write: (stream: Stream, text: string) => void): Partial<Console> {
  const counts = new Map<string, number>();
  const started = new Map<string, number>();
  let indent = '';

  const line = (stream: Stream, text: string) => {
    const lines = indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`);
    write(stream, `${lines}\n`);
  };
  const to =
    (stream: Stream) =>
    (...args: unknown[]) =>
      line(stream, format(...args));
  const [log, error] = [to('stdout'), to('stderr')];

  return {
    log,
    info: log,
    debug: log,
    warn: error,
    error,
    trace: (...args: unknown[]) => error('Trace:', ...args),
    dir: (value: unknown, options?: unknown) => log(inspect(value, options as InspectOptions)),
    table: (rows: unknown) => log(rows),
    assert(condition?: boolean, ...args: unknown[]) {
      if (!condition) error(...(args.length > 0 ? ['Assertion failed:', ...args] : ['Assertion failed']));
    },
    group(...args: unknown[]) {
      if (args.length > 0) log(...args);
      indent += '  ';
    },
    groupEnd() {
      indent = indent.slice(2);
    },
    count(label = 'default') {
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      log(`${label}: ${count}`);
    },
    countReset: (label = 'default') => void counts.delete(label),
    time: (label = 'default') => void started.set(label, performance.now()),
    timeLog: (label = 'default') => log(`${label}: ${(performance.now() - (started.get(label) ?? 0)).toFixed(3)}ms`),
    timeEnd(label = 'default') {
      log(`${label}: ${(performance.now() - (started.get(label) ?? 0)).toFixed(3)}ms`);
      started.delete(label);
    },
  };
}
