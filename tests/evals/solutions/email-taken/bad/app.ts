import express, { type ErrorRequestHandler } from 'express';
import { Prisma, type PrismaClient } from '#prisma';

const problem: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const isKnown = error instanceof Prisma.PrismaClientKnownRequestError;
  const fields = isKnown ? ((error.meta?.['target'] ?? []) as string[]) : [];
  if (isKnown && error.code === 'P2002' && fields.includes('email')) {
    response.status(409).type('application/problem+json').json({ title: 'Taken', status: 409 });
  } else if (isKnown) {
    response.status(500).json({ error: error.message });
  } else {
    next(error);
  }
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
