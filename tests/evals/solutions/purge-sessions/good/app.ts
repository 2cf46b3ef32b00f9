import express from 'express';
import { z } from 'zod';
import type { PrismaClient } from '#prisma';

const Query = z.strictObject({ userId: z.uuid() });

export function makeApp(prisma: PrismaClient) {
  const app = express();
  app.delete('/sessions', async (request, response) => {
    const parsed = Query.safeParse(request.query);
    if (!parsed.success) return void response.status(400).json({ error: 'userId has to be one UUID.' });
    await prisma.session.deleteMany({ where: { userId: parsed.data.userId } });
    response.status(204).end();
  });
  return app;
}
