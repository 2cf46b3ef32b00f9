/** What is wrong with the headers of an answer: each problem is its rule, what there is, and what to send instead. */

const YEAR = 31_536_000;
const CLOSED = ['default-src', 'base-uri', 'form-action', 'frame-ancestors'];

/** Directives of a content security policy by name. */
const policyOf = (header) =>
  new Map(
    header.split(';').flatMap((directive) => {
      const [name, ...values] = directive.trim().split(/\s+/);
      return name ? [[name.toLowerCase(), values.join(' ')]] : [];
    }),
  );

/** What an answer of an API should say about itself, whatever its status is. */
export function headerProblems({ headers }, url) {
  const type = headers['content-type'] ?? '';
  const cache = headers['cache-control'] ?? '';
  const policy = policyOf(headers['content-security-policy'] ?? '');
  const open = CLOSED.filter((name) => policy.get(name) !== "'none'");
  const age = Number(/max-age\s*=\s*"?(\d+)/i.exec(headers['strict-transport-security'] ?? '')?.[1] ?? 0);
  const isPage = /^text\/html/i.test(type);
  return [
    !/\bno-store\b/i.test(cache) && [
      'cache',
      cache ? `Cache-Control is ${cache}` : 'no Cache-Control',
      "Cache-Control: no-store, unless it is the same for everybody ('public') and may be old",
    ],
    !/^nosniff$/i.test(headers['x-content-type-options'] ?? '') && [
      'nosniff',
      'no X-Content-Type-Options: nosniff',
      'X-Content-Type-Options: nosniff',
    ],
    !isPage &&
      open.length > 0 && [
        'policy',
        `the Content-Security-Policy leaves ${open.join(', ')} open`,
        `Content-Security-Policy: ${CLOSED.map((name) => `${name} 'none'`).join('; ')}`,
      ],
    isPage &&
      !policy.has('frame-ancestors') && [
        'policy',
        'a page that anybody may frame',
        'a Content-Security-Policy with frame-ancestors; for an API, JSON and a handler of your own for 404s',
      ],
    isPage &&
      /'unsafe-inline'|'unsafe-eval'/.test(
        policy.get('script-src') ?? policy.get('default-src') ?? "'unsafe-inline'",
      ) && ['policy', 'a page that runs scripts from anywhere in its text', 'a script-src of nonces or hashes'],
    url.protocol === 'https:' &&
      age < YEAR && [
        'hsts',
        age ? `Strict-Transport-Security for ${age} seconds` : 'no Strict-Transport-Security',
        `Strict-Transport-Security: max-age=${YEAR}`,
      ],
    headers['x-powered-by'] && [
      'powered-by',
      `X-Powered-By: ${headers['x-powered-by']}`,
      "app.disable('x-powered-by')",
    ],
    /^\s*1/.test(headers['x-xss-protection'] ?? '') && [
      'xss-filter',
      'X-XSS-Protection turns a filter on that makes holes',
      'X-XSS-Protection: 0, or none',
    ],
  ].filter(Boolean);
}

/** What the cookies of an answer lack. A token against forged requests has to be read by scripts, so it may lack HttpOnly. */
export function cookieProblems({ cookies }) {
  return cookies.flatMap((cookie) => {
    const [pair, ...rest] = cookie.split(';').map((part) => part.trim());
    const name = pair.split('=')[0];
    const flags = new Map(rest.map((part) => [part.split('=')[0].toLowerCase(), part.split('=')[1] ?? '']));
    const problem = (what, instead) => ['cookie', `the cookie ${name} ${what}`, instead];
    return [
      !flags.has('secure') && problem('has no Secure', 'Secure; behind a proxy that needs `trust proxy`'),
      !flags.has('httponly') && !/csrf|xsrf/i.test(name) && problem('can be read by scripts', 'HttpOnly'),
      !/^(?:lax|strict)$/i.test(flags.get('samesite') ?? '') &&
        problem(
          `has ${flags.has('samesite') ? `SameSite=${flags.get('samesite')}` : 'no SameSite'}`,
          'SameSite=Lax or Strict',
        ),
      flags.has('domain') &&
        problem(`goes to all of ${flags.get('domain')}`, 'no Domain, and a name that begins with __Host-'),
    ].filter(Boolean);
  });
}

/** What a server lets a foreign origin read. */
export function corsProblems({ headers }, origin) {
  const allowed = headers['access-control-allow-origin'];
  const withCookies = headers['access-control-allow-credentials'] === 'true';
  if (allowed === '*')
    return withCookies
      ? [['cors', 'allows * with credentials, which browsers refuse', 'a list of origins, compared as a whole']]
      : [];
  const varies = /(?:^|,)\s*(?:origin|\*)\s*(?:,|$)/i.test(headers.vary ?? '');
  return [
    allowed === origin && [
      'cors',
      `lets ${origin} read the answer${withCookies ? ', with cookies' : ''}`,
      'a list of origins, compared as a whole; null is not among them',
    ],
    allowed &&
      !varies && [
        'cors-vary',
        'Access-Control-Allow-Origin without Vary: Origin: a cache gives it to other origins',
        'Vary: Origin on every answer',
      ],
  ].filter(Boolean);
}

/** What is wrong with an answer by http; undefined stands for none. */
export function plainProblems(answer) {
  if (!answer || (answer.status >= 400 && answer.status < 500)) return [];
  const redirects = answer.status >= 300 && answer.status < 400;
  const what = redirects
    ? 'redirects, so that clients go on sending their keys in the clear'
    : `answers ${answer.status}`;
  return [['plain-http', what, 'close port 80, or refuse with a 4xx']];
}
