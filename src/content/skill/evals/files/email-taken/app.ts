import express, { type ErrorRequestHandler } from 'express';
import { Prisma, type PrismaClient } from '#prisma';

const problem: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  // Worked until we moved to Prisma 7.
  const isKnown = error instanceof Prisma.PrismaClientKnownRequestError;
  const fields = isKnown && error.code === 'P2002' ? (error.meta?.['target'] as string[] | undefined) : undefined;
  if (fields?.includes('email')) response.status(409).json({ error: 'This e-mail address is taken.' });
  else next(error);
};

export function makeApp(prisma: PrismaClient) {
  const app = express();
  app.use(express.json());
  app.post('/users', async (request, response) => {
    const data = request.body as Prisma.UserCreateInput;
    const user = await prisma.user.create({ data, select: { id: true, email: true, name: true } });
    response.status(201).json(user);
  });
  app.use(problem);
  return app;
}
