/** Globals of Node.js that packages use as they are loaded, which is before `globals.ts` has run. */
export { Buffer } from './buffer.ts';
export { default as process } from './process.ts';
