import express, { type ErrorRequestHandler } from 'express';
import { Prisma, type PrismaClient } from '#prisma';
import { z } from 'zod';

const User = z.strictObject({ email: z.email(), name: z.string().min(1) });

const problem: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const answer = (status: number, title: string) =>
    void response.status(status).type('application/problem+json').json({ title, status });
  if (error instanceof z.ZodError) return answer(400, 'Not as the schema has it');
  // Which field it was is in no documented place: the route knows its only unique one.
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') {
    return answer(409, 'This e-mail address is taken');
  }
  if (response.headersSent) return next(error);
  console.error(error);
  answer(500, 'Internal error');
};

export function makeApp(prisma: PrismaClient) {
  const app = express();
  app.use(express.json());
  app.post('/users', async (request, response) => {
    const data = User.parse(request.body);
    const user = await prisma.user.create({ data, select: { id: true, email: true, name: true } });
    response.status(201).json(user);
  });
  app.use(problem);
  return app;
}
