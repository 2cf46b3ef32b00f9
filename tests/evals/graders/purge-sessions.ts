import type { Express } from 'express';
import type { PrismaClient } from '#prisma';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  const { makeApp } = await kit.load<{ makeApp: (prisma: PrismaClient) => Express }>();
  const ids: string[] = [];
  for (const name of ['ana', 'ben', 'eve']) {
    const sessions = { create: [1, 2].map((n) => ({ tokenHash: `${name}${n}`, expiresAt: new Date(0) })) };
    const { id } = await kit.prisma.user.create({ data: { email: `${name}@example.com`, name, sessions } });
    ids.push(id);
  }
  const ask = await kit.serve(makeApp(kit.prisma));
  const purge = (query: string) => ask(`/sessions${query}`, { method: 'DELETE' });
  const left = () => kit.prisma.session.count();

  const own = await purge(`?userId=${ids[0]}`);
  yield [own.status === 204 && (await left()) === 4, `${own.status}, and ${await left()} of 6 sessions left`];

  for (const query of ['', '?userId=', `?userId=${ids[1]}&userId=${ids[2]}`, '?userId=42']) {
    const before = await left();
    const { status } = await purge(query);
    yield [status === 400 && (await left()) === before, `DELETE /sessions${query}: ${status}, ${await left()} left`];
  }
};
