import type { Express } from 'express';
import type { Grader } from '../kit.ts';

const APP = 'https://app.example.com';

export const grade: Grader = async function* (kit) {
  const { makeApp } = await kit.load<{ makeApp: (origins: string[]) => Express }>();
  const ask = await kit.serve(makeApp([APP, 'https://admin.example.com']));
  const from = (origin: string, init = {}) => ask('/notes', { headers: { origin }, ...init });
  const allowed = async (origin: string) => (await from(origin)).headers.get('access-control-allow-origin');

  const own = await from(APP);
  const credentials = own.headers.get('access-control-allow-credentials');
  const said = own.headers.get('access-control-allow-origin');
  yield [said === APP && credentials === 'true', `${said}, credentials ${credentials}`];

  const strangers = [
    'https://attacker.test',
    `${APP}.attacker.test`,
    'https://attackerapp.example.com',
    'http://app.example.com',
    'null',
  ];
  const answers = await Promise.all(strangers.map(async (origin) => `${origin} ${await allowed(origin)}`));
  yield [answers.every((answer) => answer.endsWith(' null')), answers.join(', ')];

  const vary = [own, await from('https://attacker.test'), await ask('/notes')].map(
    ({ headers }) => headers.get('vary') ?? 'none',
  );
  yield [vary.every((value) => /\borigin\b/i.test(value)), `Vary: ${vary.join(', ')}`];

  const preflight = {
    method: 'OPTIONS',
    headers: { origin: APP, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' },
  };
  const { status, headers } = await ask('/notes', preflight);
  yield [
    status < 300 && /PUT/.test(headers.get('access-control-allow-methods') ?? ''),
    `preflight: ${status}, ${headers.get('access-control-allow-methods')}`,
  ];

  const count = async () => ((await ask('/notes')).body['notes'] as unknown[]).length;
  const before = await count();
  const form = {
    method: 'POST',
    body: 'text=hi',
    headers: { origin: 'https://attacker.test', 'content-type': 'application/x-www-form-urlencoded' },
  };
  const forged = await ask('/notes', form);
  const json = await ask('/notes', { json: { text: 'hi' }, headers: { origin: 'https://attacker.test' } });
  yield [
    (await count()) === before && json.status === 403,
    `a foreign POST: ${forged.status} and ${json.status}, ${(await count()) - before} notes more`,
  ];
  const real = await ask('/notes', { json: { text: 'hi' }, headers: { origin: APP } });
  yield [real.status === 201, `our POST: ${real.status}`];
};
