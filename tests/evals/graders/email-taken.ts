import type { Express } from 'express';
import type { PrismaClient } from '#prisma';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  const { makeApp } = await kit.load<{ makeApp: (prisma: PrismaClient) => Express }>();
  const ask = await kit.serve(makeApp(kit.prisma));
  const create = (email: string) => ask('/users', { json: { email, name: 'Ana' } });

  const first = await create('ana@example.com');
  yield [first.status === 201, `POST /users: ${first.status}`];

  const again = await create('ana@example.com');
  const type = again.headers.get('content-type') ?? 'no type';
  yield [
    again.status === 409 && type.startsWith('application/problem+json'),
    `the same again: ${again.status}, ${type}`,
  ];

  yield [!/prisma|user_account|constraint|invocation/i.test(again.text), `it says ${again.text.slice(0, 200)}`];

  const parallel = await Promise.all(Array.from({ length: 20 }, () => create('ben@example.com')));
  const statuses = parallel.map(({ status }) => status).sort();
  yield [statuses.join() === [201, ...Array<number>(19).fill(409)].join(), `20 at once: ${statuses.join()}`];

  const other = await ask('/users', { json: { email: 'eve@example.com', name: null } });
  yield [other.status === 400, `a name of null: ${other.status}`];
};
