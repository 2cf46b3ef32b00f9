import { isDeepStrictEqual } from 'node:util';
import { Prisma, type PrismaClient } from '../prisma/client/client.ts';
import type { Actor } from './guard.ts';

const LINE = { quantity: true, priceCents: true } as const;
/** What an answer shows of an order; whatever the table gains stays inside. */
const SHOWN = {
  id: true,
  status: true,
  totalCents: true,
  lines: {
    select: { ...LINE, product: { select: { sku: true } } },
    orderBy: { product: { sku: 'asc' } },
  },
} satisfies Prisma.OrderSelect;

export type Order = Prisma.OrderGetPayload<{ select: typeof SHOWN }>;
/** Its `sku` stands in no other line of the order. */
export type Line = { sku: string; quantity: number };

export type Outcome =
  | { is: 'placed' | 'repeated'; order: Order }
  | { is: 'unavailable'; sku: string }
  | { is: 'taken' };

/** Undoes what its transaction has written so far. */
class Unavailable extends Error {
  readonly sku: string;
  constructor(sku: string) {
    super(`${sku} is not there`);
    this.sku = sku;
  }
}

const isTaken = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  error.code === 'P2002';

/** The orders that somebody may know of. */
const visibleTo = ({ userId, organisationId, role }: Actor) =>
  role === 'OWNER' || role === 'ADMIN'
    ? { organisationId }
    : { organisationId, customerId: userId };

const bySku = (lines: Line[]) =>
  lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1));

/** The orders of all shops; an actor is shown what is the actor's to see. */
export function ordersIn(db: PrismaClient) {
  const find = (actor: Actor, id: string) =>
    db.order.findFirst({ where: { id, ...visibleTo(actor) }, select: SHOWN });

  /** Twenty orders, newest first, older than the one named. */
  async function list(actor: Actor, before?: string): Promise<Order[]> {
    const visible = visibleTo(actor);
    const end =
      before !== undefined &&
      (await db.order.findFirst({ where: { id: before, ...visible } }));
    if (end === null) return [];
    return db.order.findMany({
      where: {
        ...visible,
        ...(end && {
          // `lte` finds the place in the index, `OR` what is beyond it.
          createdAt: { lte: end.createdAt },
          OR: [{ createdAt: { lt: end.createdAt } }, { id: { lt: end.id } }],
        }),
      },
      select: SHOWN,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: 20,
    });
  }

  // #region place
  /** Places the order under an id that the client chose, once. */
  async function place(
    actor: Actor,
    id: string,
    lines: Line[],
  ): Promise<Outcome> {
    const { organisationId, userId: customerId } = actor;
    try {
      const order = await db.$transaction(async (tx) => {
        // First of all: a repetition stops here, and never sees the stock.
        await tx.order.create({
          data: { id, organisationId, customerId, totalCents: 0 },
        });
        let totalCents = 0;
        // Everybody takes in this sequence, so that no two wait in a circle.
        for (const { sku, quantity } of bySku(lines)) {
          const has = { deletedAt: null, stock: { gte: quantity } };
          // One statement takes from the stock and says at what price.
          const [product] = await tx.product.updateManyAndReturn({
            where: { organisationId, sku, ...has },
            data: { stock: { decrement: quantity } },
            select: { id: true, priceCents: true },
          });
          if (!product) throw new Unavailable(sku);
          const { id: productId, priceCents } = product;
          totalCents += priceCents * quantity;
          await tx.orderLine.create({
            data: { orderId: id, productId, quantity, priceCents },
          });
        }
        const where = { id };
        return tx.order.update({ where, data: { totalCents }, select: SHOWN });
      });
      return { is: 'placed', order };
    } catch (error) {
      if (error instanceof Unavailable) {
        return { is: 'unavailable', sku: error.sku };
      }
      if (isTaken(error)) return repetition(actor, id, lines);
      throw error; // Nobody foresaw it: a 500, and a line in the log.
    }
  }
  // #endregion place

  /** The order that is there, if it is the actor's own and says the same. */
  async function repetition(
    { userId: customerId, organisationId }: Actor,
    id: string,
    lines: Line[],
  ): Promise<Outcome> {
    const where = { id, customerId, organisationId };
    const order = await db.order.findFirst({ where, select: SHOWN });
    if (!order) return { is: 'taken' };
    const there = order.lines.map(({ product, quantity }) => {
      return { sku: product.sku, quantity };
    });
    const same = isDeepStrictEqual(bySku(there), bySku(lines));
    return same ? { is: 'repeated', order } : { is: 'taken' };
  }

  return { find, list, place };
}
