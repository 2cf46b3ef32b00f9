import { STATUS_CODES } from 'node:http';

/** Errors that were not made for a client; stands for the log. */
export const faults: unknown[] = [];

// #region guarded
/** An error that was made for the client. */
export class Problem extends Error {
  status: number;
  constructor(status: number) {
    super(STATUS_CODES[status]);
    this.status = status;
  }
}

/** With these redirect(), notFound() and the build speak to Next.js. */
const isOfNext = (error: unknown) =>
  error instanceof Error &&
  ('digest' in error ||
    ('code' in error && error.code === 'NEXT_STATIC_GEN_BAILOUT'));

export type Handler<C> = (request: Request, context: C) => Promise<Response>;

/** In place of an error middleware: what we throw becomes our answer. */
export function guarded<C = unknown>(handler: Handler<C>): Handler<C> {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (isOfNext(error)) throw error;
      const known = error instanceof Problem;
      if (!known) faults.push(error);
      const status = known ? error.status : 500;
      const title = STATUS_CODES[status];
      const headers = { 'content-type': 'application/problem+json' };
      const body = { type: 'about:blank', title, status };
      return Response.json(body, { status, headers });
    }
  };
}

/** The body as JSON: of the declared type, and no longer than `limit`. */
export async function jsonOf(
  request: Request,
  limit: number,
): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new Problem(415);
  const reader = request.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  while (true) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) break;
    size += chunk.value.byteLength;
    if (size > limit) {
      await reader?.cancel();
      throw new Problem(413);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
  try {
    return JSON.parse(text + decoder.decode());
  } catch {
    throw new Problem(400);
  }
}
// #endregion guarded
