import express from 'express';
import type { Pool } from 'pg';

export function makeApp(pool: Pool) {
  const app = express();
  app.get('/events', async (request, response) => {
    const { page = '0', limit = '20' } = request.query as Record<string, string>;
    const { rows } = await pool.query(
      'SELECT id, created_at, kind FROM event ORDER BY created_at DESC LIMIT $1 OFFSET $2',
      [Number(limit), Number(page) * Number(limit)],
    );
    response.json({ items: rows, next: rows.length ? Number(page) + 1 : undefined });
  });
  return app;
}
