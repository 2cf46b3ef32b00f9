import express from 'express';
import type { Pool } from 'pg';

export function makeApp(pool: Pool) {
  const app = express();
  app.use(express.json());
  app.post('/charges', async (request, response) => {
    const key = request.headers['idempotency-key'];
    const { amount } = request.body as { amount: number };
    if (!key) return void response.status(400).json({ error: 'Idempotency-Key is missing.' });
    if (!(amount > 0)) return void response.status(400).json({ error: 'An amount, please.' });
    const seen = await pool.query<{ answer: object }>('SELECT answer FROM idempotency WHERE key = $1', [key]);
    if (seen.rows[0]) return void response.status(201).json(seen.rows[0].answer);
    const { rows } = await pool.query<object>('INSERT INTO charge (amount) VALUES ($1) RETURNING id, amount', [amount]);
    await pool.query('INSERT INTO idempotency VALUES ($1, $2) ON CONFLICT DO NOTHING', [key, JSON.stringify(rows[0])]);
    response.status(201).json(rows[0]);
  });
  return app;
}
