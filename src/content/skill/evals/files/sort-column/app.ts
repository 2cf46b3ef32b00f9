import express from 'express';
import type { Pool } from 'pg';

export function makeApp(pool: Pool) {
  const app = express();
  app.get('/items', async (request, response) => {
    const { q = '' } = request.query as Record<string, string>;
    // To be added: ?sort=name or price, ?order=asc or desc.
    const { rows } = await pool.query(`SELECT id, name, price FROM item WHERE name LIKE '%${q}%' ORDER BY id`);
    response.json({ items: rows });
  });
  return app;
}
