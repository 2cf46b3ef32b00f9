import express from 'express';
import { rateLimit } from 'express-rate-limit';

export function makeApp(limit: number) {
  const app = express();
  app.use(express.json());
  app.post(
    '/login',
    rateLimit({ windowMs: 60_000, limit, standardHeaders: 'draft-8', legacyHeaders: false }),
    (_request, response) => void response.json({ ok: true }),
  );
  return app;
}
