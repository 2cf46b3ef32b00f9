import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';

/** What the log keeps of one error. */
export type LogEntry = {
  requestId: string;
  request: string;
  status: number;
  type: string;
  /** The stack and those of its causes, for what nobody foresaw. */
  error?: string;
};

/** Gives the request the id that its answer and its log lines share. */
export const identify: RequestHandler = (_req, res, next) => {
  res.locals.requestId = crypto.randomUUID();
  next();
};

// Two of Node's names are older than RFC 9110.
const PHRASES: Record<number, string | undefined> = {
  ...STATUS_CODES,
  413: 'Content Too Large',
  422: 'Unprocessable Content',
};

// #region problem
const BASE = 'https://api.example.com/problems/';

/** Clients decide by these names: add to them, never rename one. */
const TYPES = {
  'invalid-body': { status: 400, title: 'The request body is not valid' },
  'slug-taken': { status: 409, title: 'The slug is already in use' },
} as const;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** An error made for the client to read, every word of it. */
export class Problem extends Error {
  readonly type: string;
  readonly status: number;
  readonly members: Record<string, Json>;

  /** A number alone is `about:blank`: the status says it all. */
  constructor(
    kind: keyof typeof TYPES | number,
    members: Record<string, Json> = {},
    options?: ErrorOptions,
  ) {
    const generic = typeof kind === 'number';
    super(generic ? PHRASES[kind] : TYPES[kind].title, options);
    this.type = generic ? 'about:blank' : BASE + kind;
    this.status = generic ? kind : TYPES[kind].status;
    this.members = members;
  }
}

/** RFC 6901, as a URI fragment: `#/addresses/0/city`. */
function pointerTo(path: readonly PropertyKey[]): string {
  const tokens = path.map((key) => {
    const token = String(key).replaceAll('~', '~0').replaceAll('/', '~1');
    // Half an emoji in a key would make encodeURIComponent throw.
    return encodeURIComponent(token.toWellFormed());
  });
  return ['#', ...tokens].join('/');
}

/** The parsed body, or a problem that points at what has to change. */
export function bodyOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return { pointer: pointerTo(issue.path), detail: issue.message };
    }
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      detail: 'Unknown member',
    }));
  });
  throw new Problem('invalid-body', { errors: errors.slice(0, 20) });
}
// #endregion problem

// #region handler
/** Errors that Express and its parsers make, and mean for the client. */
const ClientError = z.object({
  expose: z.literal(true),
  status: z.int().min(400).max(499),
  type: z.string().default(''),
});

/** In our words: the parser's own quote the body, and the engine. */
const DETAILS: Record<string, string | undefined> = {
  'entity.parse.failed': 'The body is not JSON.',
  'entity.too.large': 'The body may have 100 kB at most.',
};

/** Whatever was thrown, as a problem. Unknown means 500, and no details. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const known = ClientError.safeParse(error);
  if (known.success) {
    const detail = DETAILS[known.data.type];
    return new Problem(known.data.status, detail ? { detail } : {});
  }
  // The router's error for a path such as `/%E0%A4%A`.
  if (error instanceof URIError && 'status' in error) return new Problem(400);
  return new Problem(500, {}, { cause: error });
}

/** What a route may have said about a content that never came. */
const OF_THE_CONTENT = [
  ...['Content-Disposition', 'Content-Encoding', 'Content-Language'],
  ...['Content-Range', 'ETag', 'Last-Modified'],
];

/** The last handler of the application, and the only one for errors. */
export function problemHandler(
  log: (entry: LogEntry) => void,
): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const { status, type, message, members, cause } = problemOf(error);
    const requestId = String(res.locals.requestId);
    const request = `${req.method} ${req.path}`;
    const unforeseen = status >= 500 ? { error: stacksOf(cause ?? error) } : {};
    log({ requestId, request, status, type, ...unforeseen });

    // Too late for an answer: Express cuts the connection, so that nobody
    // takes the half that was sent for the whole.
    if (res.headersSent) return next(error);

    // They described the answer that failed; a 404 may be cached as well.
    for (const name of OF_THE_CONTENT) res.removeHeader(name);
    res.status(status).set('Cache-Control', 'no-store');
    res.type('application/problem+json').json({
      ...members,
      type,
      title: message,
      status,
      instance: `urn:uuid:${requestId}`,
    });
  };
}
// #endregion handler

/** Stacks only: other properties may hold a request body with a password. */
function stacksOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  // An error may be its own cause.
  if (error.cause === undefined || depth > 4) return stack;
  return `${stack}\nCaused by: ${stacksOf(error.cause, depth + 1)}`;
}
