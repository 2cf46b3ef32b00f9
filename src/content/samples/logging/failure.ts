// #region failure
/** An error of ours, whose message quotes nothing that came from outside. */
export class Fault extends Error {
  override name = 'Fault';
}

/** What the log keeps of one error, and of those that it was caused by. */
export type Failure = {
  type: string;
  code?: string;
  message?: string;
  at?: string[];
  by?: Failure;
  all?: Failure[];
};

/**
 * Keeps what an error is and where it was made. The messages of other
 * people's errors quote input and parameters; their properties hold bodies
 * and headers; and a stack begins with the message.
 */
export function failureOf(error: unknown, depth = 0): Failure {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, cause } = error;
  const type = /^\w{1,40}$/.test(name) ? name : 'Error';
  const deeper = (other: unknown) => failureOf(other, depth + 1);
  const isCode = 'code' in error && /^\w{1,40}$/.test(String(error.code));
  const many = error instanceof AggregateError ? error.errors : [];
  return {
    type,
    ...(isCode && { code: String(error.code) }),
    ...(error instanceof Fault && { message: error.message }),
    at: framesOf(error).slice(0, 8),
    // An error may be its own cause.
    ...(cause !== undefined && depth < 5 && { by: deeper(cause) }),
    ...(many.length > 0 && depth < 5 && { all: many.slice(0, 5).map(deeper) }),
  };
}

/** What follows the message: lines of the message can look like frames. */
function framesOf({ message, stack = '' }: Error): string[] {
  const at = stack.indexOf(message);
  if (at < 0) return []; // somebody has changed the message
  const lines = stack.slice(at + message.length).split('\n');
  return lines.filter((line) => /^ +at /.test(line)).map((one) => one.trim());
}
// #endregion failure
