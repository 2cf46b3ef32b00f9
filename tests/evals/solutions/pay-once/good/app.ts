import express from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';

const Body = z.strictObject({ amount: z.int().min(1).max(1_000_000) });
const Key = z.string().min(1).max(200);

export function makeApp(pool: Pool) {
  const app = express();
  app.use(express.json());
  app.post('/charges', async (request, response) => {
    const key = Key.safeParse(request.headers['idempotency-key']);
    const body = Body.safeParse(request.body);
    if (!key.success || !body.success) return void response.status(400).json({ error: 'A key and an amount, please.' });
    const db = await pool.connect();
    try {
      await db.query('BEGIN');
      // Waits for whoever has the same key under way.
      const taken = await db.query(
        'INSERT INTO idempotency (key, amount) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING',
        [key.data, body.data.amount],
      );
      if (taken.rowCount === 1) {
        await db.query(
          `WITH made AS (INSERT INTO charge (amount) VALUES ($1) RETURNING id)
           UPDATE idempotency SET charge_id = (SELECT id FROM made) WHERE key = $2`,
          [body.data.amount, key.data],
        );
      }
      const { rows } = await db.query<{ id: number; amount: number }>(
        'SELECT charge_id AS id, amount FROM idempotency WHERE key = $1',
        [key.data],
      );
      await db.query('COMMIT');
      if (rows[0]?.amount !== body.data.amount) {
        return void response.status(422).json({ error: 'This key was used for another amount.' });
      }
      response.status(201).json(rows[0]);
    } catch (error) {
      await db.query('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      db.release();
    }
  });
  return app;
}
