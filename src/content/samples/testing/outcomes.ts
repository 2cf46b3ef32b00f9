import assert from 'node:assert/strict';
import type { Express } from 'express';
import { cases, OUTCOMES, type Case } from './cases.ts';
import { openOffice } from './office.ts';

const office = await openOffice(process.env.DATABASE_URL);

const patternOf = (route: string) =>
  new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}: `);

// #region outcomes
/** Sends one request, and looks at everything that it may change. */
async function outcomeOf({ request }: Case) {
  await office.reset();
  const { status, type } = await office.send(request);
  return {
    status,
    type,
    asked: office.asked.length,
    ...(await office.after()),
  };
}

/** Outcomes of a route for which nobody wrote a test. */
function untested(route: string, among: Case[]): string[] {
  const its = among.filter(({ name }) => patternOf(route).test(name));
  return OUTCOMES.filter(
    (outcome) => !its.some((one) => one.outcome === outcome),
  );
}

/** `post /desks/:desk/bookings`, for each route that an app has. */
function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) =>
    route ? route.stack.map(({ method }) => `${method} ${route.path}`) : [],
  );
}
// #endregion outcomes

const row = (outcome: string, ...cells: unknown[]) =>
  outcome.padEnd(20) + cells.map((cell) => String(cell).padStart(9)).join('');
console.log(row('', 'status', 'bookings', 'asked', 'logged'));
for (const route of routesOf(office.appWithout())) {
  console.log(route);
  for (const one of cases) {
    if (!patternOf(route).test(one.name)) continue;
    const { status, type, bookings, asked, logged } = await outcomeOf(one);
    console.log(row(`  ${one.outcome}`, status, bookings, asked, logged));
    assert.equal(status, one.status);
    const kind = status < 300 ? 'json' : 'problem+json';
    assert.equal(type, `application/${kind}`);
    assert.deepEqual({ bookings, logged }, one.after);
    // Nobody is asked about a request that is refused anyway.
    if (status === 400 || status === 401) assert.equal(asked, 0);
  }
}

// What PostgreSQL would refuse as text is not a fault of ours.
const request = cases[0]?.request ?? assert.fail();
await office.reset();
const nul = { ...request, path: '/desks/%00/bookings' };
assert.equal((await office.send(nul)).status, 404);
assert.equal((await office.after()).logged, 0);

const successes = cases.filter(({ outcome }) => outcome === 'success');
console.log();
console.log('untested if there were successes alone');
for (const route of routesOf(office.appWithout())) {
  console.log(`  ${route}: ${untested(route, successes).length} of 5`);
  assert.equal(untested(route, successes).length, 4);
  assert.deepEqual(untested(route, cases), []);
}
await office.close();
