import type { Pool } from 'pg';

/** Moves an amount from one account to another. Throws if it cannot. To be written. */
export async function transfer(_pool: Pool, _from: number, _to: number, _amount: number): Promise<void> {
  await Promise.reject(new Error('not written yet'));
}
