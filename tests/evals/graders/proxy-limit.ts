import type { Express } from 'express';
import type { Grader } from '../kit.ts';

export const grade: Grader = async function* (kit) {
  const { makeApp } = await kit.load<{ makeApp: (limit: number) => Express }>();
  const asking = async () => {
    const ask = await kit.serve(makeApp(3));
    /** As the one proxy in front sends it: what the client claimed, and then its real address. */
    return (real: string, claimed = '') =>
      ask('/login', { json: {}, headers: { 'x-forwarded-for': claimed ? `${claimed}, ${real}` : real } });
  };
  const statuses = async (count: number, send: (n: number) => Promise<{ status: number }>) => {
    const seen: number[] = [];
    for (let n = 1; n <= count; n++) seen.push((await send(n)).status);
    return seen.join();
  };

  const first = await asking();
  const one = await statuses(5, () => first('192.0.2.1'));
  yield [one === '200,200,200,429,429', `one client: ${one}`];
  const another = await first('192.0.2.2');
  yield [another.status === 200, `another behind the same proxy: ${another.status}`];
  const refused = await first('192.0.2.1');
  const after = refused.headers.get('retry-after');
  yield [refused.status === 429 && Number(after) > 0, `Retry-After: ${after}`];

  const second = await asking();
  const spoofed = await statuses(5, (n) => second('192.0.2.3', `198.51.100.${n}`));
  yield [spoofed === '200,200,200,429,429', `with made-up addresses in front: ${spoofed}`];
  const third = await asking();
  const six = await statuses(5, (n) => third(`2001:db8:1:1::${n}`));
  yield [six === '200,200,200,429,429', `from one IPv6 network: ${six}`];
};
