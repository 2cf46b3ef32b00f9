import type { Pool } from 'pg';

/** Moves an amount from one account to another. Throws if it cannot. */
export async function transfer(pool: Pool, from: number, to: number, amount: number): Promise<void> {
  if (!Number.isInteger(amount) || amount <= 0) throw new RangeError('The amount has to be a whole number above 0.');
  if (from === to) throw new RangeError('The accounts are the same.');
  const db = await pool.connect();
  try {
    await db.query('BEGIN');
    // Everybody takes the two in the same order, so that nobody waits in a circle.
    const { rows } = await db.query<{ id: number; balance: number }>(
      'SELECT id, balance FROM account WHERE id IN ($1, $2) ORDER BY id FOR UPDATE',
      [from, to],
    );
    if (rows.length !== 2) throw new Error('There is no such account.');
    if (rows.find(({ id }) => id === from)!.balance < amount) throw new Error('The balance is too low.');
    await db.query('UPDATE account SET balance = balance - $1 WHERE id = $2', [amount, from]);
    await db.query('UPDATE account SET balance = balance + $1 WHERE id = $2', [amount, to]);
    await db.query('COMMIT');
  } catch (error) {
    await db.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    db.release();
  }
}
