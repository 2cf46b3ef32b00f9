import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
// Next.js expects these globals before any other of its modules is loaded.
import 'next/dist/server/node-environment-baseline.js';
import appRoute from 'next/dist/server/route-modules/app-route/module.js';
import testing from 'next/experimental/testing/server.js';
import { NextRequest } from 'next/server.js';

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
const routes: Record<string, object> = {
  'GET reads the request': { GET: echo },
  'GET reads nothing': { GET: constant },
  'reads nothing, revalidate = 60': { GET: constant, revalidate: 60 },
  'reads it, revalidate = 60': { GET: echo, revalidate: 60 },
  "reads it, 'force-static'": { GET: echo, dynamic: 'force-static' },
  "reads it, dynamic = 'error'": { GET: echo, dynamic: 'error' },
};

/** Which requests each matcher of a proxy.ts lets the proxy see. */
const matchers: Record<string, string> = {
  pages: '/dashboard/:path*',
  'all but api': '/((?!api|_next/static|_next/image|favicon.ico).*)',
  'one route': '/api/admin',
};
const paths = ['/dashboard/sales', '/api/admin', '/api/admin/users', '/apiary'];
/** Answers as a built application does, or does at build time. */
async function answerOf(
  name: string,
  how: Handling,
  method: string,
  query: string,
): Promise<Response> {
  const module = new AppRouteRouteModule({
    userland: () => routes[name],
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
async function prerendered(name: string): Promise<string | null> {
  if (!isStaticGenEnabled(routes[name])) return null;
  try {
    return await (await answerOf(name, 'prerender', 'GET', '')).text();
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith('Dynamic server usage')) return null;
    return 'the build fails';
  }
}

// #endregion next

console.log('app/api/orders/route.ts          Ann asks for page 2, and gets');
const seen: Record<string, string> = {};
for (const name of Object.keys(routes)) {
  const kept = await prerendered(name);
  const live = await (await answerOf(name, 'handle', 'GET', '?page=2')).text();
  const built = kept === null ? live : `${kept}, built`;
  seen[name] = kept === 'the build fails' ? kept : built;
  console.log(name.padEnd(32), seen[name]?.replaceAll('"', ''));
}
assert.equal(seen['GET reads nothing']?.includes('built'), false);
assert.equal(
  seen["reads it, 'force-static'"],
  '{"user":null,"page":null}, built',
);

const put = await answerOf('GET reads nothing', 'handle', 'PUT', '');
const options = await answerOf('GET reads nothing', 'handle', 'OPTIONS', '');
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
