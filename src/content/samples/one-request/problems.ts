import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { Prisma } from '../prisma/client/client.ts';

// #region problems
/** An outcome that was foreseen, with what the client may know of it. */
export class Problem extends Error {
  readonly status: number;
  readonly more: object;
  constructor(status: number, more: object = {}) {
    super(STATUS_CODES[status]);
    this.status = status;
    this.more = more;
  }
}

/** Express's own parsers mark what a client may see. */
const Parser = z.object({ status: z.int().min(400).max(499) });
const BUSY = ['P1001', 'P2024', 'P2028', 'P2034', 'P2037'];

/** What to answer to an error; a 500 for all that nobody foresaw. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError) {
    const errors = error.issues.map(({ path, message }) => {
      return { pointer: `#/${path.join('/')}`, detail: message };
    });
    return new Problem(400, { errors });
  }
  const parser = Parser.safeParse(error);
  if (parser.success) return new Problem(parser.data.status);
  const known = error instanceof Prisma.PrismaClientKnownRequestError;
  return new Problem(known && BUSY.includes(error.code) ? 503 : 500);
}

/** Answers every error in one shape, and logs those that are our fault. */
export const answerWith =
  (log: (error: unknown) => void): ErrorRequestHandler =>
  (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    const { status, message, more } = problemOf(error);
    if (status >= 500) log(error);
    if (status === 401) res.set('WWW-Authenticate', 'Bearer');
    if (status === 503) res.set('Retry-After', '1');
    res
      .status(status)
      .type('application/problem+json')
      .json({ type: 'about:blank', title: message, status, ...more });
  };
// #endregion problems
