import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import {
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type TextMapPropagator,
} from '@opentelemetry/api';
import * as hooks from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SamplingDecision,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';

type Headers = Record<string, string>;

/** The two headers of the W3C, as `@opentelemetry/core` writes them. */
const headers: TextMapPropagator<Headers> = {
  inject(from, carrier) {
    const span = trace.getSpanContext(from);
    if (!span || !isSpanContextValid(span)) return;
    const { traceId, spanId, traceFlags } = span;
    const sampled = traceFlags & TraceFlags.SAMPLED ? '01' : '00';
    carrier.traceparent = `00-${traceId}-${spanId}-${sampled}`;
    const baggage = propagation.getBaggage(from)?.getAllEntries() ?? [];
    carrier.baggage = baggage
      .map(([key, { value }]) => `${key}=${encodeURIComponent(value)}`)
      .join(',');
  },
  extract(into, carrier) {
    const [, traceId = '', spanId = '', flags = ''] =
      carrier.traceparent?.split('-') ?? [];
    const traceFlags = parseInt(flags, 16) & TraceFlags.SAMPLED;
    const remote = { traceId, spanId, traceFlags, isRemote: true };
    if (!isSpanContextValid(remote)) return into;
    return trace.setSpanContext(into, remote);
  },
  fields: () => ['traceparent', 'baggage'],
};
propagation.setGlobalPropagator(headers);

/** Ids that are spread evenly, so that each run samples the same ones. */
function evenIds() {
  let traces = 0;
  let spans = 0;
  const spread = (at: number) => (at * 2_654_435_761) % 2 ** 32;
  return {
    generateTraceId: () =>
      spread(++traces).toString(16).padStart(8, '0').padEnd(32, '0'),
    generateSpanId: () => (++spans).toString(16).padStart(16, '0'),
  };
}

// #region traces
/** A service of its own: its sampler decides what it exports. */
function serviceOf(exporter: InMemorySpanExporter, sampler: Sampler) {
  const provider = new BasicTracerProvider({
    sampler,
    idGenerator: ids,
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('shop');

  /** One request: a span, and in it another for the work. */
  return async (name: string, received: Headers, work: () => Promise<void>) => {
    const caller = propagation.extract(ROOT_CONTEXT, received);
    await tracer.startActiveSpan(name, {}, caller, async (span) => {
      try {
        await setImmediate(); // the context has to outlive an await
        await tracer.startActiveSpan(`${name}: work`, async (inner) => {
          await work().finally(() => inner.end());
        });
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}

/** What a service sends on: the context that is active where it calls. */
function sent(): Headers {
  const carrier: Headers = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

const ratio = (share: number) => new TraceIdRatioBasedSampler(share);
const parent = (root: Sampler) => new ParentBasedSampler({ root });
/** Asks nobody: one span in four, whatever its trace. */
function coin(): Sampler {
  let spans = 0;
  const { RECORD_AND_SAMPLED, NOT_RECORD } = SamplingDecision;
  return {
    shouldSample: () => ({
      decision: spans++ % 4 === 0 ? RECORD_AND_SAMPLED : NOT_RECORD,
    }),
    toString: () => 'coin',
  };
}
/** The sampler of the first service, and that of the second. */
const samplers: Record<string, () => [Sampler, Sampler]> = {
  'one span in four': () => [coin(), coin()],
  'ratios, 25% and 50%': () => [ratio(0.25), ratio(0.5)],
  'root decides, 25%': () => [parent(ratio(0.25)), parent(ratio(0.5))],
};
// #endregion traces

let ids = evenIds();
const REQUESTS = 400;
const SPANS = 4;

/** 400 requests through two services; one in a hundred fails. */
async function exported(sampler: () => [Sampler, Sampler]) {
  ids = evenIds();
  const exporter = new InMemorySpanExporter();
  const [first, second] = sampler();
  const edge = serviceOf(exporter, first);
  const stock = serviceOf(exporter, second);
  for (let at = 1; at <= REQUESTS; at += 1) {
    const work = () =>
      stock('stock', sent(), async () => {
        await setImmediate();
        if (at % 100 === 0) throw new Error('no stock');
      });
    await edge('edge', {}, work).catch(() => {});
  }
  const spans = exporter.getFinishedSpans();
  const traces = Map.groupBy(spans, (span) => span.spanContext().traceId);
  const failed = [...traces.values()].filter((group) =>
    group.some(({ status }) => status.code === SpanStatusCode.ERROR),
  );
  return {
    spans: spans.length,
    traces: traces.size,
    whole: [...traces.values()].filter(({ length }) => length === SPANS).length,
    failed: failed.length,
  };
}

console.log(''.padEnd(24) + 'spans  traces  whole  failed');
const rows: Record<string, number[]> = {};
const line = (
  name: string,
  seen: Awaited<ReturnType<typeof exported>>,
): void => {
  rows[name] = Object.values(seen);
  console.log(
    name.padEnd(24) +
      `${String(seen.spans).padEnd(7)}${String(seen.traces).padEnd(8)}` +
      `${String(seen.whole).padEnd(7)}${seen.failed}`,
  );
};

const all = (): [Sampler, Sampler] => [parent(ratio(1)), parent(ratio(1))];
line('all, no context manager', await exported(all));
context.setGlobalContextManager(
  new hooks.AsyncLocalStorageContextManager().enable(),
);
line('all, AsyncLocalStorage', await exported(all));
for (const [name, sampler] of Object.entries(samplers))
  line(name, await exported(sampler));

// What goes to somebody else's host with every request.
const baggage = propagation.createBaggage({
  email: { value: 'ann@example.com' },
});
const withBaggage = propagation.setBaggage(context.active(), baggage);
const tracer = new BasicTracerProvider().getTracer('shop');
const carrier = context.with(withBaggage, () =>
  tracer.startActiveSpan('a call', (span) => {
    const carried = sent();
    span.end();
    return carried;
  }),
);
console.log(`a call to any host sends: baggage: ${carrier.baggage}`);
assert.equal(carrier.baggage, 'email=ann%40example.com');

assert.deepEqual(rows, {
  'all, no context manager': [1600, 1600, 0, 8],
  'all, AsyncLocalStorage': [1600, 400, 400, 4],
  'one span in four': [400, 200, 0, 0],
  'ratios, 25% and 50%': [598, 199, 100, 2],
  'root decides, 25%': [400, 100, 100, 1],
});
