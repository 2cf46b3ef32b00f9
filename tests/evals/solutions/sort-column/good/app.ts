import express from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';

const Query = z.object({
  q: z.string().max(100).default(''),
  sort: z.enum(['id', 'name', 'price']).default('id'),
  order: z.enum(['asc', 'desc']).default('asc'),
});

export function makeApp(pool: Pool) {
  const app = express();
  app.get('/items', async (request, response) => {
    const parsed = Query.safeParse(request.query);
    if (!parsed.success) return void response.status(400).json({ error: z.prettifyError(parsed.error) });
    const { q, sort, order } = parsed.data;
    // A name cannot be a parameter: both come from the lists above. In a pattern % and _ stand for others.
    const { rows } = await pool.query(
      `SELECT id, name, price FROM item WHERE name LIKE '%' || $1 || '%' ORDER BY ${sort} ${order}, id`,
      [q.replace(/[\\%_]/g, '\\$&')],
    );
    response.json({ items: rows });
  });
  return app;
}
