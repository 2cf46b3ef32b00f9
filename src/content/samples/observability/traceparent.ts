import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';

// #region traceparent
/** W3C Trace Context: where in which trace this request stands. */
type Span = { traceId: string; spanId: string; sampled: boolean };

const FORM = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** The caller's span, or undefined for a header that must be ignored. */
function parsed(header = ''): Span | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    FORM.exec(header) ?? [];
  // Later versions may add fields; version 00 may not, and ff is none.
  if (!version || version === 'ff') return undefined;
  if (version === '00' && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** This service's span: in the caller's trace, or in one of its own. */
const spanOf = (caller?: Span): Span => ({
  traceId: caller?.traceId ?? hex(16),
  spanId: hex(8),
  sampled: caller?.sampled ?? true,
});

const written = ({ traceId, spanId, sampled }: Span) =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

type Headers = Record<string, string>;
/** What each service sends on with its own request to the next one. */
const ways: Record<string, (own: Span, incoming?: string) => Headers> = {
  nothing: () => ({}),
  'as it came': (_own, incoming) => (incoming ? { traceparent: incoming } : {}),
  'its own span': (own) => ({ traceparent: written(own) }),
};
// #endregion traceparent

type Recorded = { name: string; span: Span; parentId: string | undefined };
let recorded: Recorded[] = [];

/** Fails with a problem that names the trace, or passes on what is next. */
async function service(
  name: string,
  sends: (own: Span, incoming?: string) => Headers,
  next?: string,
) {
  const app = express();
  app.use((req, res, go) => {
    const caller = parsed(req.get('traceparent'));
    const span = spanOf(caller);
    res.locals.span = span;
    recorded.push({ name, span, parentId: caller?.spanId });
    go();
  });
  app.get('/', async (req, res) => {
    if (!next) throw new Error('no stock');
    const headers = sends(res.locals.span as Span, req.get('traceparent'));
    const answer = await fetch(next, { headers });
    res.status(answer.status).type('application/problem+json');
    res.send(await answer.text());
  });
  const reply: ErrorRequestHandler = (_error, _req, res, _next) => {
    const { traceId } = res.locals.span as Span;
    res.status(500).type('application/problem+json');
    res.send(JSON.stringify({ type: 'about:blank', status: 500, traceId }));
  };
  app.use(reply);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, server };
}

const stop = async (server: EventEmitter & { close(): unknown }) => {
  server.close();
  await once(server, 'close');
};
const CALLER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

for (const [way, sends] of Object.entries(ways)) {
  recorded = [];
  const stock = await service('stock', sends);
  const orders = await service('orders', sends, stock.url);
  const edge = await service('edge', sends, orders.url);
  const response = await fetch(edge.url, { headers: { traceparent: CALLER } });
  const problem = (await response.json()) as { traceId: string };
  for (const { server } of [edge, orders, stock]) await stop(server);

  const names = new Map(recorded.map((one) => [one.span.spanId, one.name]));
  const parents = recorded.map(({ name, parentId }) => {
    const parent = parentId && (names.get(parentId) ?? 'caller');
    return `${name} < ${parent ?? 'none'}`;
  });
  const traces = new Set(recorded.map(({ span }) => span.traceId));
  const isFound = problem.traceId === recorded[0]?.span.traceId;
  console.log(way.padEnd(14) + `traces: ${traces.size}  ` + parents.join(', '));
  console.log(
    ''.padEnd(14) +
      `the problem ${isFound ? 'names' : 'does not name'} the trace of edge`,
  );
  assert.equal(traces.size, way === 'nothing' ? 3 : 1);
  const isTree =
    parents.join() === 'edge < caller,orders < edge,stock < orders';
  assert.equal(isTree, way === 'its own span');
}

const headers: [string, string | undefined][] = [
  ['valid', CALLER],
  ['sampled among other flags', CALLER.replace(/01$/, '09')],
  ['a later version, more fields', `${CALLER.replace(/^00/, '01')}-more`],
  ['version 00, more fields', `${CALLER}-more`],
  ['version ff', CALLER.replace(/^00/, 'ff')],
  ['upper case', CALLER.toUpperCase()],
  ['a trace id of zeros', CALLER.replace(/4bf\w+/, '0'.repeat(32))],
  ['a span id of zeros', CALLER.replace(/00f067aa0ba902b7/, '0'.repeat(16))],
  ['too short', CALLER.replace('4736', '')],
];
for (const [name, header] of headers) {
  const span = parsed(header);
  const seen = span ? `taken, sampled ${String(span.sampled)}` : 'ignored';
  console.log(name.padEnd(30) + seen);
}
assert.equal(headers.filter(([, header]) => parsed(header)).length, 3);
assert.equal(parsed(undefined), undefined);
assert.equal(parsed(CALLER.replace(/01$/, '09'))?.sampled, true);
assert.equal(parsed(CALLER.replace(/01$/, '02'))?.sampled, false);
