import express from 'express';
import type { Pool } from 'pg';

export function makeApp(pool: Pool) {
  const app = express();
  app.get('/events', async (request, response) => {
    const { cursor } = request.query as Record<string, string | undefined>;
    const limit = Number(request.query['limit'] ?? 20);
    const before = cursor ? new Date(cursor) : null;
    if (before && Number.isNaN(before.getTime())) return void response.status(400).json({ error: 'No cursor.' });
    const { rows } = await pool.query<{ id: number; created_at: Date }>(
      `SELECT id, created_at, kind FROM event WHERE $1::timestamptz IS NULL OR created_at < $1
       ORDER BY created_at DESC, id DESC LIMIT $2`,
      [before, limit],
    );
    response.json({ items: rows, next: rows.length === limit ? rows.at(-1)?.created_at : undefined });
  });
  return app;
}
