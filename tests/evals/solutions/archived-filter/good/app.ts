import express from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';

const Query = z.object({
  // Not z.coerce: Boolean('false') is true, and Number('') is 0.
  archived: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .pipe(z.number().max(100))
    .default(20),
});

export function makeApp(pool: Pool) {
  const app = express();
  app.get('/articles', async (request, response) => {
    const parsed = Query.safeParse(request.query);
    if (!parsed.success) return void response.status(400).json({ error: z.prettifyError(parsed.error) });
    const { archived, limit } = parsed.data;
    const { rows } = await pool.query(
      'SELECT id, title, archived FROM article WHERE $1::boolean IS NULL OR archived = $1 ORDER BY id LIMIT $2',
      [archived ?? null, limit],
    );
    response.json({ items: rows });
  });
  return app;
}
