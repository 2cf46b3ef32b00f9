import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import {
  errors,
  Provider,
  type Adapter,
  type AdapterPayload,
  type ClientMetadata,
  type Configuration,
} from 'oidc-provider';

/** The API that access tokens are for. */
export const API = 'https://api.example.com/';

/** What the provider stores, in memory: yours goes to a database. */
const memory = () => {
  const all = new Map<string, AdapterPayload>();
  return (model: string): Adapter => {
    const where = (test: (payload: AdapterPayload) => boolean) =>
      Promise.resolve(
        [...all].find(([key, one]) => key.startsWith(model) && test(one))?.[1],
      );
    return {
      upsert: (id, payload) =>
        Promise.resolve(void all.set(`${model}:${id}`, payload)),
      find: (id) => Promise.resolve(all.get(`${model}:${id}`)),
      findByUid: (uid) => where((payload) => payload.uid === uid),
      findByUserCode: (code) => where((payload) => payload.userCode === code),
      destroy: (id) => Promise.resolve(void all.delete(`${model}:${id}`)),
      consume(id) {
        const payload = all.get(`${model}:${id}`);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
        return Promise.resolve();
      },
      revokeByGrantId(grantId) {
        for (const [key, payload] of all)
          if (payload.grantId === grantId) all.delete(key);
        return Promise.resolve();
      },
    };
  };
};

async function signingKey() {
  const options = { extractable: true };
  const { privateKey } = await generateKeyPair('RS256', options);
  return { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' };
}

// #region provider
const configurationOf = async (
  clients: ClientMetadata[],
  strict: boolean,
): Promise<Configuration> => ({
  clients,
  // By default only clients without a secret have to use PKCE.
  ...(strict && { pkce: { required: () => true } }),
  responseTypes: ['code'],
  // Each refresh token works once, whoever the client is ...
  rotateRefreshToken: true,
  // ... and for as long as the grant below, not as the session here.
  expiresWithSession: () => false,
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  scopes: ['openid'],
  ttl: {
    AuthorizationCode: 60,
    AccessToken: 600,
    IdToken: 600,
    RefreshToken: 14 * 86_400,
    Interaction: 600,
    Session: 12 * 3_600,
    Grant: 14 * 86_400, // the end, however often tokens are exchanged
  },
  features: {
    devInteractions: { enabled: false },
    // Access tokens are JWTs with the API as their audience.
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API,
      useGrantedResource: () => true,
      getResourceServerInfo(_ctx, resource) {
        // A client asks for the audience that it likes.
        if (resource !== API) throw new errors.InvalidTarget();
        return { scope: 'orders', accessTokenFormat: 'jwt' };
      },
    },
  },
  findAccount: (_ctx, accountId) => ({
    accountId,
    claims: () => ({ sub: accountId }),
  }),
  // These clients are our own: signing in is all the consent there is.
  async loadExistingGrant(ctx) {
    const { client, session, provider } = ctx.oidc;
    if (!client || !session?.accountId) return undefined;
    const grant = new provider.Grant({
      clientId: client.clientId,
      accountId: session.accountId,
    });
    grant.addOIDCScope('openid');
    grant.addResourceScope(API, 'orders');
    await grant.save();
    return grant;
  },
  renderError(ctx, { error }) {
    ctx.type = 'text/plain';
    ctx.body = error;
  },
  cookies: { keys: [crypto.randomUUID()] },
  jwks: { keys: [await signingKey()] },
  adapter: memory(),
});
// #endregion provider

/** A provider on loopback; whoever posts `login` is signed in as that. */
export async function startProvider(clients: ClientMetadata[], strict = true) {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, await configurationOf(clients, strict));
  const answer = provider.callback();
  server.on('request', (req, res) => {
    const url = new URL(req.url ?? '', issuer);
    // Stands for the provider's own page with its password form.
    if (!url.pathname.startsWith('/interaction/')) return void answer(req, res);
    const accountId = url.searchParams.get('login') ?? '';
    provider
      .interactionFinished(req, res, { login: { accountId } })
      .catch((error: unknown) => res.destroy(error as Error));
  });
  return {
    issuer,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

type Report = (method: string, url: URL, status: number) => void;

/** As much of a browser as a sign-in needs: cookies, and redirects. */
export class Browser {
  /** By host and port: two servers on localhost are two sites here. */
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #report: Report | undefined;
  #seen = '';

  constructor(report?: Report) {
    this.#report = report;
  }

  /** All that went through it: addresses, cookies, bodies. */
  seen = () => this.#seen;

  /** One request. A redirect is returned, not followed. */
  async visit(address: string | URL): Promise<Response> {
    const url = new URL(address);
    const jar = this.#cookies.get(url.host) ?? new Map<string, string>();
    this.#cookies.set(url.host, jar);
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: cookie ? { cookie } : {},
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1);
      if (value) jar.set(pair.slice(0, at), value);
      else jar.delete(pair.slice(0, at));
      this.#seen += line;
    }
    this.#seen += url.href + (await response.clone().text());
    this.#report?.('GET', url, response.status);
    return response;
  }

  /** Signs in as `login`, and stops before it goes back with the answer. */
  async follow(address: string | URL, login: string) {
    let url = new URL(address);
    for (let hops = 0; hops < 9; hops += 1) {
      if (url.pathname.startsWith('/interaction/'))
        url.searchParams.set('login', login);
      const response = await this.visit(url);
      const location = response.headers.get('location');
      if (!location) return { url, response };
      url = new URL(location, url);
      if (url.pathname === '/callback') return { url, response };
    }
    throw new Error('redirected in circles');
  }
}
