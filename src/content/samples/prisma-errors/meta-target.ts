import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express, { type ErrorRequestHandler, type Response } from 'express';
import { z } from 'zod';
import { Prisma, PrismaClient } from '../prisma/client/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
await prisma.user.deleteMany();

const NewUser = z.strictObject({ email: z.email(), name: z.string() });

const app = express();
app.use(express.json());

// #region target
type KnownError = Prisma.PrismaClientKnownRequestError;

/** Three ways to ask whether it was the e-mail, all of them from Prisma 6. */
const emailIsTaken: Record<string, (error: KnownError) => boolean> = {
  byTarget: (error) => (error.meta?.['target'] as string[]).includes('email'),

  byTargetIfAny: (error) =>
    (error.meta?.['target'] as string[] | undefined)?.includes('email') ??
    false,

  byMessage: (error) => error.message.includes('fields: (`email`)'),
};

for (const [way, isTaken] of Object.entries(emailIsTaken)) {
  app.post(`/${way}`, async (req, res) => {
    const data = NewUser.parse(req.body);
    try {
      await prisma.user.create({ data });
      res.status(201).end();
    } catch (error) {
      if (
        error instanceof Prisma.PrismaClientKnownRequestError &&
        error.code === 'P2002' &&
        isTaken(error)
      ) {
        return emailTaken(res);
      }
      throw error;
    }
  });
}
// #endregion target

/** The answer that all three routes would give. */
function emailTaken(res: Response) {
  res.status(409).type('application/problem+json').json({
    type: 'https://api.example.com/problems/email-taken',
    title: 'The e-mail address is taken',
    status: 409,
  });
}

/** What went past the routes; a real one writes to the log. */
const unanswered: Error[] = [];
const lastResort: ErrorRequestHandler = (error: Error, _req, res, next) => {
  unanswered.push(error);
  if (res.headersSent) return next(error);
  res.status(500).type('application/problem+json').json({
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
  });
};
app.use(lastResort);

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** The status of a sign-up with an address that belongs to the route. */
async function signUp(way: string): Promise<number> {
  const response = await fetch(`http://localhost:${port}/${way}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${way}@example.com`, name: 'Ada' }),
  });
  await response.text();
  return response.status;
}

console.log('route'.padEnd(16), 'first', 'again', 'thrown');
for (const way of Object.keys(emailIsTaken)) {
  const [first, again] = [await signUp(way), await signUp(way)];
  const thrown = unanswered.at(-1)?.name;
  console.log(way.padEnd(16), `${first}  `, `${again}  `, thrown);
  assert.deepEqual([first, again], [201, 500]);
}
const [byTarget, ...others] = unanswered.map((error) => error.name);
assert.equal(byTarget, 'TypeError');
assert.deepEqual(others, [
  'PrismaClientKnownRequestError',
  'PrismaClientKnownRequestError',
]);

// What stands there instead, in 7.10 with adapter-pg.
const duplicate = unanswered.at(-1);
assert(duplicate instanceof Prisma.PrismaClientKnownRequestError);
const { driverAdapterError, ...rest } = duplicate.meta ?? {};
const { cause } = z
  .object({ cause: z.looseObject({ constraint: z.json() }) })
  .parse(driverAdapterError);
const lastLine = duplicate.message.split('\n').at(-1);
console.log();
console.log('code            ', duplicate.code);
console.log('meta            ', JSON.stringify(rest));
console.log('meta.target     ', duplicate.meta?.['target']);
console.log('meta.driverAdapterError.cause.constraint');
console.log('                ', JSON.stringify(cause.constraint));
console.log('the last line of message');
console.log('  ', lastLine);
assert.equal(duplicate.meta?.['target'], undefined);
assert.deepEqual(cause.constraint, { index: 'user_account_email_key' });
assert.deepEqual(rest, { modelName: 'User' });

server.close();
await once(server, 'close');
await prisma.user.deleteMany();
await prisma.$disconnect();
