import type { Pool } from 'pg';

export async function transfer(pool: Pool, from: number, to: number, amount: number): Promise<void> {
  const db = await pool.connect();
  try {
    // A transaction, so that nobody comes between.
    await db.query('BEGIN');
    const { rows } = await db.query<{ balance: number }>('SELECT balance FROM account WHERE id = $1', [from]);
    if (!rows[0] || rows[0].balance < amount) throw new Error('The balance is too low.');
    await db.query('UPDATE account SET balance = balance - $1 WHERE id = $2', [amount, from]);
    await db.query('UPDATE account SET balance = balance + $1 WHERE id = $2', [amount, to]);
    await db.query('COMMIT');
  } catch (error) {
    await db.query('ROLLBACK');
    throw error;
  } finally {
    db.release();
  }
}
