import express from 'express';
import type { Pool } from 'pg';

export function makeApp(pool: Pool) {
  const app = express();
  app.use(express.json());
  app.post('/charges', async (request, response) => {
    const { amount } = request.body as { amount: number };
    const { rows } = await pool.query('INSERT INTO charge (amount) VALUES ($1) RETURNING id, amount', [amount]);
    response.status(201).json(rows[0]);
  });
  return app;
}
