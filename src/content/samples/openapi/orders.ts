import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Response,
} from 'express';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOverride,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';

const Sku = z.string().regex(/^[A-Z]{3}-\d{1,6}$/);
const Item = z.strictObject({ sku: Sku, quantity: z.int().min(1).max(99) });
const Problem = z
  .object({ type: z.string(), title: z.string(), status: z.int() })
  .meta({ id: 'Problem' });
const Id = z.strictObject({ id: z.uuid() });

type Answer = { status: number; body?: unknown };

type Input = Record<'params' | 'query' | 'body', unknown>;

type Operation = {
  method: 'get' | 'post' | 'delete';
  path: `/${string}`;
  summary: string;
  params: z.ZodObject;
  query: z.ZodObject;
  body?: z.ZodObject;
  /** Every status, and what it carries; null: no body. */
  responses: Record<number, z.ZodType | null>;
  run: (input: Input) => Answer;
};

const None = z.strictObject({});

/** Gives `run` the types of what its schemas let through. */
function operation<
  B extends z.ZodObject,
  P extends z.ZodObject = typeof None,
  Q extends z.ZodObject = typeof None,
>(
  definition: Omit<Operation, 'params' | 'query' | 'body' | 'run'> & {
    params?: P;
    query?: Q;
    body?: B;
    run: (input: {
      params: z.output<P>;
      query: z.output<Q>;
      body: z.output<B>;
    }) => Answer;
  },
): Operation {
  return { params: None, query: None, ...definition } as Operation;
}

/** A row as it is stored; `costCents` is nobody's business. */
export type Row = z.input<typeof Order> & { costCents: number };
/** The table of orders. */
export const rows = new Map<string, Row>();

// #region operations
export const Order = z
  .object({
    id: z.uuid(),
    status: z.enum(['PENDING', 'PAID', 'REFUNDED']),
    totalCents: z.int(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Order' });

const NewOrder = z
  .strictObject({
    items: z.array(Item).min(1).max(50),
    note: z.string().max(200).nullable().default(null),
  })
  .meta({ id: 'NewOrder' });

export const operations = [
  operation({
    method: 'get',
    path: '/orders',
    summary: 'List orders',
    query: z.strictObject({
      status: Order.shape.status.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    responses: { 200: z.object({ items: z.array(Order) }) },
    run: ({ query: { status, limit } }) => {
      const all = [...rows.values()];
      const found = all.filter((row) => !status || row.status === status);
      return { status: 200, body: { items: found.slice(0, limit) } };
    },
  }),
  operation({
    method: 'post',
    path: '/orders',
    summary: 'Place an order',
    body: NewOrder,
    responses: { 201: Order },
    run: ({ body: { items, note } }) => {
      const count = items.reduce((sum, item) => sum + item.quantity, 0);
      const row: Row = {
        id: randomUUID(),
        status: 'PENDING',
        totalCents: count * 250,
        note,
        costCents: count * 90,
      };
      rows.set(row.id, row);
      return { status: 201, body: row };
    },
  }),
  operation({
    method: 'get',
    path: '/orders/{id}',
    summary: 'Read an order',
    params: Id,
    responses: { 200: Order, 404: Problem },
    run: ({ params: { id } }) => {
      const row = rows.get(id);
      return row ? { status: 200, body: row } : { status: 404 };
    },
  }),
  operation({
    method: 'delete',
    path: '/orders/{id}',
    summary: 'Cancel an order',
    params: Id,
    responses: { 204: null, 404: Problem },
    run: ({ params: { id } }) => ({ status: rows.delete(id) ? 204 : 404 }),
  }),
];
// #endregion operations

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

function problem(res: Response, status: number) {
  res
    .status(status)
    .type(PROBLEM_TYPE)
    .json({ type: 'about:blank', title: STATUS_CODES[status], status });
}

// #region register
/** Registers an operation; what its schemas refuse gets a 400. */
export function register(app: Express, operation: Operation) {
  const { method, path, params, query, body, responses, run } = operation;
  app[method](path.replaceAll(/{(\w+)}/g, ':$1'), (req, res) => {
    const input = z
      .object({ params, query, body: body ?? z.unknown() })
      .safeParse({
        params: req.params,
        query: req.query,
        body: req.body as unknown,
      });
    if (!input.success) return problem(res, 400);

    const answer = run(input.data);
    const schema = responses[answer.status];
    // Not in the document: a fault of ours, so it becomes a 500.
    if (schema === undefined) {
      throw new Error(`${method} ${path} may not answer ${answer.status}`);
    }
    if (schema === Problem) return problem(res, answer.status);
    if (schema === null) return res.status(answer.status).end();
    // Throws on a wrong type, and drops what the schema does not name.
    const shown: unknown = schema.parse(answer.body);
    res.status(answer.status).json(shown);
  });
}

/** The document for clients, from the schemas that `register` uses. */
export function documentOf(operations: Operation[]) {
  const paths: ZodOpenApiPathsObject = {};
  for (const { method, path, summary, ...schemas } of operations) {
    const responses: ZodOpenApiResponsesObject = {};
    const { params, query, body: schema } = schemas;
    // What the parser of the body answers, before any route.
    const unread = schema && { 413: Problem, 415: Problem };
    const all = { ...schemas.responses, 400: Problem, ...unread };
    for (const [status, schema] of Object.entries(all)) {
      const type = schema === Problem ? PROBLEM_TYPE : JSON_TYPE;
      responses[status as '200'] = {
        description: STATUS_CODES[status] ?? status,
        ...(schema && { content: { [type]: { schema } } }),
      };
    }
    const content = schema && { [JSON_TYPE]: { schema } };
    (paths[path] ??= {})[method] = {
      summary,
      requestParams: { path: params, query },
      ...(content && { requestBody: { required: true, content } }),
      responses,
    };
  }
  const info = { title: 'Orders', version: '1.4.0' };
  return createDocument({ openapi: '3.1.1', info, paths }, { override: open });
}

/** Clients must live with a new field: do not promise its absence. */
const open: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  if (io === 'output') delete jsonSchema.additionalProperties;
};
// #endregion register

/** An error of Express or its parser is the client's; others are ours. */
function statusOf(error: unknown): number {
  if (!(error instanceof Error) || !('status' in error)) return 500;
  const { status } = error;
  const isTheirs = typeof status === 'number' && status >= 400 && status < 500;
  return isTheirs ? status : 500;
}

/** An application with these operations, and the handler for the rest. */
export function serverOf(list = operations, extend?: (app: Express) => void) {
  const app = express();
  app.use(express.json());
  for (const operation of list) register(app, operation);
  extend?.(app);
  const lastResort: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    const status = statusOf(error);
    if (status === 500) faults.push(String(error));
    problem(res, status);
  };
  return app.use(lastResort);
}

/** What the last resort was given; stands for the log. */
export const faults: string[] = [];
