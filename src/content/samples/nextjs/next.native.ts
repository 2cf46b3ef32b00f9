import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
// Next.js expects these globals before any other of its modules is loaded.
import 'next/dist/server/node-environment-baseline.js';
import appRoute from 'next/dist/server/route-modules/app-route/module.js';
import testing from 'next/experimental/testing/server.js';
import { notFound, redirect } from 'next/navigation.js';
import { NextRequest } from 'next/server.js';
import { guarded } from './guarded.ts';

/** As `next build` asks whether to run a GET ahead of all requests. */
const { isStaticGenEnabled } = createRequire(import.meta.url)(
  'next/dist/server/route-modules/app-route/helpers/is-static-gen-enabled.js',
) as { isStaticGenEnabled: (route: object | undefined) => boolean };

const definition = (name: string) => ({
  kind: 'APP_ROUTE',
  page: `/api/${name}/route`,
  pathname: `/api/${name}`,
  filename: 'route',
  bundlePath: '',
});

type Get = (
  request: NextRequest,
  context: unknown,
) => Response | Promise<Response>;
type Route = { GET: Get; dynamic?: string; revalidate?: number };
type Handling = 'handle' | 'prerender';
type Module = Record<
  Handling,
  (request: NextRequest, context: object) => Promise<Response>
>;
const { AppRouteRouteModule } = appRoute as unknown as {
  AppRouteRouteModule: new (options: object) => Module;
};

// #region next
/** What a GET of a route.ts shows of the request that asks. */
const echo = (request: NextRequest) =>
  Response.json({
    user: request.headers.get('x-user'),
    page: request.nextUrl.searchParams.get('page'),
  });
const constant = () => Response.json({ user: 'none asked', page: '-' });

/** Modules as Next.js would find them in app/api/<name>/route.ts. */
const routes: Record<string, Route> = {
  'GET reads the request': { GET: echo },
  'GET reads nothing': { GET: constant },
  'reads nothing, revalidate = 60': { GET: constant, revalidate: 60 },
  'reads it, revalidate = 60': { GET: echo, revalidate: 60 },
  "reads it, 'force-static'": { GET: echo, dynamic: 'force-static' },
  "reads it, dynamic = 'error'": { GET: echo, dynamic: 'error' },
};

/** Errors are how these speak to Next.js. */
const throwing: Record<string, Route> = {
  'redirect()': { GET: () => redirect('/login') },
  'notFound()': { GET: () => notFound() },
  "dynamic = 'error'": { GET: echo, dynamic: 'error' },
};
/** Catches whatever is thrown. */
const catching =
  (handler: Get): Get =>
  async (request, context) => {
    try {
      return await handler(request, context);
    } catch {
      return new Response(null, { status: 500 });
    }
  };

/** Which requests each matcher of a proxy.ts lets the proxy see. */
const matchers: Record<string, string> = {
  pages: '/dashboard/:path*',
  'all but api': '/((?!api|_next/static|_next/image|favicon.ico).*)',
  'one route': '/api/admin',
};
const paths = ['/dashboard/sales', '/api/admin', '/api/admin/users', '/apiary'];
// #endregion next

/** Answers as a built application does, or does at build time. */
async function answerOf(
  route: Route | undefined,
  how: Handling,
  method: string,
  query: string,
): Promise<Response> {
  const module = new AppRouteRouteModule({
    userland: () => route,
    definition: definition('orders'),
    distDir: '.next',
    relativeProjectDir: '',
    resolvedPagePath: 'app/api/orders/route.ts',
  });
  const url = `http://localhost/api/orders${query}`;
  const headers = { 'x-user': 'ann' };
  return module[how](new NextRequest(url, { method, headers }), {
    renderOpts: { experimental: {}, cacheLifeProfiles: {}, onClose: () => {} },
    sharedContext: { buildId: 'build', deploymentId: '' },
  });
}

/** What the build keeps for everybody; null: each request runs it. */
async function prerendered(route: Route): Promise<string | null> {
  if (!isStaticGenEnabled(route)) return null;
  try {
    const answer = await answerOf(route, 'prerender', 'GET', '');
    // An answer of 400 and more is not kept, except for 404.
    const kept = answer.status < 400 || answer.status === 404;
    return kept ? await answer.text() : null;
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith('Dynamic server usage')) return null;
    return 'the build fails';
  }
}

console.log('app/api/orders/route.ts          Ann asks for page 2, and gets');
const seen: Record<string, string> = {};
for (const [name, route] of Object.entries(routes)) {
  const kept = await prerendered(route);
  const live = await (await answerOf(route, 'handle', 'GET', '?page=2')).text();
  const built = kept === null ? live : `${kept}, built`;
  seen[name] = kept === 'the build fails' ? kept : built;
  console.log(name.padEnd(32), seen[name]?.replaceAll('"', ''));
}
assert.equal(seen['GET reads nothing']?.includes('built'), false);
assert.equal(
  seen["reads it, 'force-static'"],
  '{"user":null,"page":null}, built',
);

const reading = routes['GET reads nothing'];
const put = await answerOf(reading, 'handle', 'PUT', '');
const options = await answerOf(reading, 'handle', 'OPTIONS', '');
console.log('\nPUT     ', put.status, 'Allow:', put.headers.get('allow'));
console.log('OPTIONS ', options.status, 'Allow:', options.headers.get('allow'));
assert.deepEqual([put.status, put.headers.get('allow')], [405, null]);

console.log('\nthe proxy sees     ', Object.keys(matchers).join('  '));
for (const url of paths) {
  const sees = Object.entries(matchers).map(([name, matcher]) => {
    const config = { matcher };
    const match = testing.unstable_doesMiddlewareMatch({ config, url });
    return (match ? 'yes' : '-').padEnd(name.length);
  });
  console.log(url.padEnd(19), sees.join('  ').trimEnd());
}

/** What becomes of a route whose handler was wrapped. */
async function outcomeOf(route: Route): Promise<string> {
  if (route.dynamic !== 'error') {
    return String((await answerOf(route, 'handle', 'GET', '')).status);
  }
  return (await prerendered(route)) ?? 'the build goes on';
}
console.log('\nwhat throws        any catch          guarded()');
const outcomes: Record<string, [string, string]> = {};
for (const [name, route] of Object.entries(throwing)) {
  const pair: [string, string] = [
    await outcomeOf({ ...route, GET: catching(route.GET) }),
    await outcomeOf({
      ...route,
      GET: guarded(async (request, context) =>
        route.GET(request as NextRequest, context),
      ),
    }),
  ];
  outcomes[name] = pair;
  console.log(name.padEnd(18), pair[0].padEnd(18), pair[1]);
}
assert.deepEqual(outcomes, {
  'redirect()': ['500', '307'],
  'notFound()': ['500', '404'],
  "dynamic = 'error'": ['the build goes on', 'the build fails'],
});
