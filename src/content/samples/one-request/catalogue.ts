import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { PrismaClient } from '../prisma/client/client.ts';
import type { Actor } from './guard.ts';

const Products = z.array(
  z.object({ sku: z.string(), name: z.string(), priceCents: z.int() }),
);
export type Products = z.infer<typeof Products>;

const parsed = (text: string | null): unknown => JSON.parse(text ?? 'null');

// #region catalogue
const SECONDS = 60;

/** What each shop sells. Without a Redis, or with one that fails, slower. */
export function catalogueOf(db: PrismaClient, redis?: Redis) {
  const underWay = new Map<string, Promise<Products>>();
  const keyOf = (actor: Actor) => `products:${actor.organisationId}`;
  const attempt = <T>(command?: Promise<T>) => command?.catch(() => undefined);

  async function load(organisationId: string, key: string): Promise<Products> {
    const stored = await attempt(redis?.get(key).then(parsed));
    // What an older release stored may look different: that is a miss.
    const cached = Products.safeParse(stored);
    if (cached.success) return cached.data;
    const products = await db.product.findMany({
      where: { organisationId, deletedAt: null },
      select: { sku: true, name: true, priceCents: true },
      orderBy: { sku: 'asc' },
      take: 500,
    });
    // No stock in here: it changes with each order.
    await attempt(redis?.set(key, JSON.stringify(products), 'EX', SECONDS));
    return products;
  }

  /** One query, however many ask for it at the same time. */
  function list(actor: Actor): Promise<Products> {
    const key = keyOf(actor);
    const joined = underWay.get(key);
    if (joined) return joined;
    const flight = load(actor.organisationId, key).finally(() => {
      if (underWay.get(key) === flight) underWay.delete(key);
    });
    underWay.set(key, flight);
    return flight;
  }

  /** Whether there was such a product. The next reader sees the new price. */
  async function price(actor: Actor, sku: string, priceCents: number) {
    const { organisationId } = actor;
    const where = { organisationId, sku, deletedAt: null };
    const { count } = await db.product.updateMany({
      where,
      data: { priceCents },
    });
    underWay.delete(keyOf(actor));
    await attempt(redis?.del(keyOf(actor)));
    return count === 1;
  }

  return { list, price };
}
// #endregion catalogue
