import express from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';

/** Microseconds as a string: a Date would cut them off, and rows would be skipped. */
const Cursor = z.tuple([z.string().regex(/^-?\d{1,17}$/), z.number().int().min(-2147483648).max(2147483647)]);

const Query = z.object({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform((text) => Math.min(Number(text), 100))
    .default(20),
  cursor: z
    .string()
    .transform((text, context) => {
      try {
        return Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      } catch {
        context.addIssue('no cursor of this list');
        return z.NEVER;
      }
    })
    .optional(),
});

export function makeApp(pool: Pool) {
  const app = express();
  app.get('/events', async (request, response) => {
    const parsed = Query.safeParse(request.query);
    if (!parsed.success) return void response.status(400).json({ error: z.prettifyError(parsed.error) });
    const { limit, cursor } = parsed.data;
    const { rows } = await pool.query<{ id: number; created_at: Date; kind: string; at: string }>(
      `SELECT id, created_at, kind, (extract(epoch FROM created_at) * 1000000)::bigint AS at FROM event
       WHERE $1::bigint IS NULL
          OR (created_at, id) < (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::int)
       ORDER BY created_at DESC, id DESC LIMIT $3`,
      [cursor?.[0] ?? null, cursor?.[1] ?? null, limit + 1],
    );
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    const next = last && Buffer.from(JSON.stringify([last.at, last.id])).toString('base64url');
    response.json({ items: items.map(({ at: _, ...item }) => item), next });
  });
  return app;
}
