import type { ClientBase } from 'pg';

// #region service
/** Who asks: a customer who signed in, or the shop itself. */
export type Actor = { kind: 'customer'; id: number } | { kind: 'shop' };

/** An outcome, not a status code: a job has no use for a 409. */
export type Cancellation = 'cancelled' | 'too late' | 'not found';

type Order = {
  customerId: number;
  productId: number;
  quantity: number;
  status: string;
};

/**
 * Cancels an order that was not shipped, and puts its goods back.
 * Runs in the transaction that it is given, and neither begins nor ends one.
 */
export async function cancelOrder(
  tx: ClientBase,
  actor: Actor,
  id: number,
): Promise<Cancellation> {
  const { rows } = await tx.query<Order>(
    `SELECT customer_id AS "customerId", product_id AS "productId",
       quantity, status
     FROM layers_service.customer_order WHERE id = $1 FOR UPDATE`,
    [id],
  );
  const [order] = rows;
  // To a customer, the order of somebody else does not exist.
  const isTheirs = actor.kind === 'shop' || actor.id === order?.customerId;
  if (!order || !isTheirs) return 'not found';
  if (order.status === 'CANCELLED') return 'cancelled';
  if (order.status !== 'PENDING') return 'too late';

  await tx.query(
    `UPDATE layers_service.customer_order SET status = 'CANCELLED'
     WHERE id = $1`,
    [id],
  );
  await tx.query(
    `UPDATE layers_service.product SET stock = stock + $1 WHERE id = $2`,
    [order.quantity, order.productId],
  );
  return 'cancelled';
}
// #endregion service
