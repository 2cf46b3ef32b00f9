import { createHash, randomBytes } from 'node:crypto';
import type { PrismaClient } from '../prisma/client/client.ts';

// #region store
const MINUTE = 60_000;
export const IDLE = 30 * MINUTE;
export const ABSOLUTE = 12 * 60 * MINUTE;

/** What is stored of a token: whoever reads the table opens nothing. */
const hashOf = (token: string) =>
  createHash('sha256').update(token).digest('hex');

/** Sessions in a table. A token is seen once, by the browser it is for. */
export function sessionStore(db: PrismaClient, clock = () => Date.now()) {
  /** A new token, always: 256 random bits that say nothing. */
  async function start(userId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const now = clock();
    await db.session.create({
      data: {
        tokenHash: hashOf(token),
        userId,
        createdAt: new Date(now),
        lastUsed: new Date(now),
        expiresAt: new Date(now + ABSOLUTE),
      },
    });
    return token;
  }

  /** Whose session the token opens; null if it has ended, or never was. */
  async function userOf(token: string): Promise<string | null> {
    const now = clock();
    const tokenHash = hashOf(token);
    const session = await db.session.findUnique({
      where: {
        tokenHash,
        expiresAt: { gt: new Date(now) },
        lastUsed: { gt: new Date(now - IDLE) },
      },
    });
    if (!session) return null;
    // Once a minute is often enough: not every read has to be a write.
    if (session.lastUsed.getTime() <= now - MINUTE) {
      // Many, since a logout may have come first: none is no error.
      await db.session.updateMany({
        where: { tokenHash },
        data: { lastUsed: new Date(now) },
      });
    }
    return session.userId;
  }

  const end = (token: string) =>
    db.session.deleteMany({ where: { tokenHash: hashOf(token) } });

  /** A changed password, a locked account, "sign out everywhere". */
  const endAll = (userId: string) =>
    db.session.deleteMany({ where: { userId } });

  return { start, userOf, end, endAll };
}
// #endregion store
