interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}
export interface Seen {
  preflight: 'none' | 'passed' | 'cached' | 'refused';
  /** Absent if the request was never sent. */
  status?: number;
  /** Absent if the page may not read the response. */
  text?: string;
}

// #region page
const SIMPLE = ['GET', 'HEAD', 'POST'];
/** The types that a form can send. */
const FORM =
  /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)$/;
const isForm = (type: string) => FORM.test(type.split(';', 1)[0] ?? '');

/** The CORS check: may a page at `origin` read this response? */
function readable({ headers }: Response, origin: string, cookie: boolean) {
  const allowed = headers.get('access-control-allow-origin');
  if (!cookie) return allowed === '*' || allowed === origin;
  // With cookies the wildcard is not enough.
  const credentials = headers.get('access-control-allow-credentials');
  return allowed === origin && credentials === 'true';
}

/** What `fetch` does for a page, as the Fetch Standard orders it. */
export function pageAt(origin: string, cookie = '', now = () => 0) {
  type Kept = { until: number; methods: string[]; headers: string[] };
  const kept = new Map<string, Kept>();

  async function preflight(url: string, method: string, names: string[]) {
    const allows = ({ methods, headers }: Kept) =>
      (SIMPLE.includes(method) || methods.includes(method)) &&
      names.every((name) => headers.includes(name));
    const last = kept.get(url);
    if (last && last.until > now() && allows(last)) return 'cached';
    const answer = await fetch(url, {
      method: 'OPTIONS', // and no cookie
      headers: {
        origin,
        'access-control-request-method': method,
        ...(names[0] && { 'access-control-request-headers': names.join() }),
      },
    });
    const listOf = (name: string) =>
      answer.headers.get(`access-control-${name}`)?.split(/\s*,\s*/) ?? [];
    const seconds = Number(listOf('max-age')[0] ?? 5);
    const next = {
      until: now() + seconds * 1000,
      methods: listOf('allow-methods'),
      headers: listOf('allow-headers').map((name) => name.toLowerCase()),
    };
    if (!answer.ok || !readable(answer, origin, cookie !== ''))
      return 'refused';
    kept.set(url, next);
    return allows(next) ? 'passed' : 'refused';
  }

  return async (url: string, asked: Asked = {}): Promise<Seen> => {
    const { method = 'GET', headers = {} } = asked;
    const names = Object.entries(headers)
      .filter(([name, value]) => name !== 'content-type' || !isForm(value))
      .map(([name]) => name)
      .sort();
    const simple = SIMPLE.includes(method) && names.length === 0;
    const before = simple ? 'none' : await preflight(url, method, names);
    if (before === 'refused') return { preflight: before };
    const answer = await fetch(url, {
      ...asked,
      headers: { ...headers, origin, ...(cookie && { cookie }) },
    });
    const text = await answer.text();
    const may = readable(answer, origin, cookie !== '');
    return { preflight: before, status: answer.status, ...(may && { text }) };
  };
}
// #endregion page
