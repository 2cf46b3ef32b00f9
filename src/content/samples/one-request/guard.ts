import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { PrismaClient, Role } from '../prisma/client/client.ts';
import { Problem } from './problems.ts';

/** What is stored of a session's token: the table alone opens nothing. */
export const hashOf = (token: string) =>
  createHash('sha256').update(token).digest('hex');

// #region guard
/** Who acts, in which shop and as what. */
export type Actor = { userId: string; organisationId: string; role: Role };

type Params = Record<string, string>;
type Asked = Request<Params>;
type Action = (actor: Actor, req: Asked, res: Response) => Promise<unknown>;

/** A handler for `/:org/...` that only the named roles get through to. */
export function guardOn(db: PrismaClient) {
  async function callerOf(req: Asked): Promise<string> {
    const header = req.get('authorization') ?? '';
    const [, token = ''] = /^Bearer (\S+)$/.exec(header) ?? [];
    const session = await db.session.findUnique({
      where: { tokenHash: hashOf(token), expiresAt: { gt: new Date() } },
      select: { userId: true },
    });
    if (!session) throw new Problem(401);
    return session.userId;
  }

  return (roles: readonly Role[], action: Action): RequestHandler<Params> =>
    async (req, res) => {
      const userId = await callerOf(req);
      const organisation = { slug: req.params.org ?? '' };
      const actor = await db.membership.findFirst({
        where: { userId, organisation },
        select: { userId: true, organisationId: true, role: true },
      });
      // To strangers this shop does not exist.
      if (!actor) throw new Problem(404);
      if (!roles.includes(actor.role)) throw new Problem(403);
      await action(actor, req, res);
    };
}
// #endregion guard
