import express from 'express';
import type { Pool } from 'pg';

export function makeApp(pool: Pool) {
  const app = express();
  app.get('/items', async (request, response) => {
    const { q = '', sort = 'id', order = 'asc' } = request.query as Record<string, string>;
    const { rows } = await pool.query(
      `SELECT id, name, price FROM item WHERE name LIKE $1 ORDER BY $2 ${order === 'desc' ? 'DESC' : 'ASC'}`,
      [`%${q}%`, sort],
    );
    response.json({ items: rows });
  });
  return app;
}
