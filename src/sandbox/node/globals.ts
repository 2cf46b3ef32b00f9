/** Gives a worker the globals of Node.js. Imported before anything else. */
import { Buffer } from 'buffer';
import { loopbackFetch } from './fetch.ts';
import process from './process.ts';
import * as timers from './timers.ts';

const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = timers;

Object.assign(globalThis, {
  global: globalThis,
  Buffer,
  process,
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval,
  clearImmediate,
  fetch: loopbackFetch,
});

// Prisma's `$queryRaw` asks whether a value is one. Browsers hide it from pages that are not isolated.
(globalThis as { SharedArrayBuffer?: unknown }).SharedArrayBuffer ??= class SharedArrayBuffer {};

// Zod tries once whether it may compile code. The frame's policy forbids it, and reports the try.
(globalThis as { __zod_globalConfig?: object }).__zod_globalConfig = { jitless: true };

export { Buffer, process };
