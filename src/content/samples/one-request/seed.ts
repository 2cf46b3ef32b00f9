import { randomBytes } from 'node:crypto';
import type { PrismaClient, Role } from '../prisma/client/client.ts';
import { hashOf } from './guard.ts';

// #region seed
const STOCK = {
  tea: { priceCents: 300, stock: 5 },
  cake: { priceCents: 450, stock: 1 },
};
const PEOPLE: [name: string, organisation: string, role: Role][] = [
  ['ann', 'acme', 'MEMBER'],
  ['bob', 'acme', 'MEMBER'],
  ['cleo', 'acme', 'ADMIN'],
  ['dora', 'globex', 'OWNER'],
];
// #endregion seed

/**
 * Two shops that sell tea and cake, and four people. Resolves to a token of
 * each, and to that of a session of Ann's that has `ended`.
 */
export async function seed(db: PrismaClient) {
  for (const slug of ['acme', 'globex']) {
    const create = Object.entries(STOCK).map(([sku, has]) => {
      return { sku, name: `${slug} ${sku}`, ...has };
    });
    await db.organisation.create({
      data: { slug, name: slug, products: { create } },
    });
  }
  const tokens: Record<string, string> = {};
  const session = (name: string, hours: number) => {
    const token = randomBytes(32).toString('base64url');
    tokens[name] = token;
    const expiresAt = new Date(Date.now() + hours * 3_600_000);
    return { tokenHash: hashOf(token), expiresAt };
  };
  for (const [name, slug, role] of PEOPLE) {
    const sessions = [session(name, 8)];
    if (name === 'ann') sessions.push(session('ended', -1));
    const organisation = { connect: { slug } };
    await db.user.create({
      data: {
        name,
        email: `${name}@example.com`,
        sessions: { create: sessions },
        memberships: { create: { role, organisation } },
      },
    });
  }
  return tokens;
}

/** The shops as `seed` left them, without orders. */
export async function restock(db: PrismaClient): Promise<void> {
  await db.order.deleteMany();
  for (const [sku, data] of Object.entries(STOCK)) {
    await db.product.updateMany({ where: { sku }, data });
  }
}

/** Takes away all that is there. */
export async function clear(db: PrismaClient): Promise<void> {
  await db.order.deleteMany();
  await db.product.deleteMany();
  await db.organisation.deleteMany();
  await db.user.deleteMany();
}
