import type { Express } from 'express';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  const { makeApp } = await kit.load<{ makeApp: (staffToken: string) => Express }>();
  const ask = await kit.serve(makeApp('s3cret'));
  yield [true, 'the app starts on Express 5'];

  const status = async (path: string, token?: string) =>
    (await ask(path, token ? { headers: { authorization: `Bearer ${token}` } } : {})).status;
  for (const paths of [
    ['/admin/users', '/admin/users/7/orders'],
    ['/admin', '/admin/'],
    ['/ADMIN/users', '/admin/users/'],
  ]) {
    const seen = await Promise.all(paths.map(async (path) => `${path} ${await status(path)}`));
    yield [seen.every((one) => one.endsWith(' 401')), seen.join(', ')];
  }
  const wrong = await status('/admin/users', 'wrong');
  yield [wrong === 401 || wrong === 403, `with a wrong token: ${wrong}`];
  const staff = await Promise.all(
    ['/admin', '/admin/users', '/admin/users/7/orders'].map((path) => status(path, 's3cret')),
  );
  const open = await Promise.all(['/', '/administrators'].map((path) => status(path)));
  yield [[...staff, ...open].every((one) => one === 200), `staff: ${staff.join()}; public: ${open.join()}`];
};
