import npm from 'readable-stream';

/** With the one function that Node's types leave out. */
const stream = npm as typeof npm & { compose: (...streams: unknown[]) => unknown };

export const {
  addAbortSignal,
  compose,
  Duplex,
  finished,
  PassThrough,
  pipeline,
  promises,
  Readable,
  Stream,
  Transform,
  Writable,
} = stream;
export default stream;
