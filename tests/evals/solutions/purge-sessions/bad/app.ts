import express from 'express';
import type { PrismaClient } from '#prisma';

export function makeApp(prisma: PrismaClient) {
  const app = express();
  app.delete('/sessions', async (request, response) => {
    const { userId } = request.query as { userId: string };
    await prisma.session.deleteMany({ where: { userId } });
    response.status(204).end();
  });
  return app;
}
