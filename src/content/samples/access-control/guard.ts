import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import {
  Router,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { PrismaClient, Role } from '../prisma/client/client.ts';

/** What is stored of a session's token: the table alone opens nothing. */
export const hashOf = (token: string) =>
  createHash('sha256').update(token).digest('hex');

/** Says no more than the status does (RFC 9457). */
export function problem(res: Response, status: number): void {
  res
    .status(status)
    .type('application/problem+json')
    .json({ type: 'about:blank', title: STATUS_CODES[status], status });
}

// #region guard
/** Who acts, where and as what: read from the database each time. */
export type Actor = { userId: string; organisationId: string; role: Role };

type Asked = Request<Record<string, string>>;

type Action = (actor: Actor, req: Asked, res: Response) => Promise<void>;

/** Routes below `/:org`, each open to the roles that it names. */
export function guardedRoutes(db: PrismaClient) {
  const router = Router();
  const declared: string[] = [];
  const callers = new WeakMap<Request, string>();

  // Identity: who calls, and nothing about what they may do.
  router.use(async (req, res, next) => {
    const header = req.get('authorization') ?? '';
    const [, token = ''] = /^Bearer (\S+)$/.exec(header) ?? [];
    const session = await db.session.findUnique({
      where: { tokenHash: hashOf(token), expiresAt: { gt: new Date() } },
    });
    if (!session) return problem(res.set('WWW-Authenticate', 'Bearer'), 401);
    callers.set(req, session.userId);
    next();
  });

  async function actorOf(req: Asked): Promise<Actor | null> {
    const userId = callers.get(req);
    // To Prisma `userId: undefined` would mean: whoever it may be.
    if (userId === undefined) return null;
    const organisation = { slug: req.params.org ?? '' };
    return db.membership.findFirst({ where: { userId, organisation } });
  }

  /** Throws if the roles were forgotten: such a server must not start. */
  function route(
    method: 'get' | 'post' | 'patch' | 'delete',
    path: `/${string}`,
    roles: readonly Role[],
    action: Action,
  ) {
    const name = `${method.toUpperCase()} /:org${path}`;
    if (!Array.isArray(roles)) throw new TypeError(`${name} names no roles`);
    declared.push(name);

    router[method](`/:org${path}`, async (req: Asked, res: Response) => {
      const actor = await actorOf(req);
      // Not a member: this organisation is none of the caller's business.
      if (!actor) return problem(res, 404);
      // The role alone decides, so that a 403 tells nothing of an id.
      if (!roles.includes(actor.role)) return problem(res, 403);
      await action(actor, req, res);
    });
  }

  /** Ends what no route has answered: nothing behind it is reached. */
  const guard: RequestHandler = (req, res, next) =>
    router(req, res, (error) => (error ? next(error) : problem(res, 404)));

  return { route, guard, declared };
}
// #endregion guard
