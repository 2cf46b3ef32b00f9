import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import {
  AbortedGraphQLExecutionError,
  buildSchema,
  execute,
  graphql,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type GraphQLResolveInfo,
} from 'graphql';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { sizeOf } from './cost.ts';

const redis = new Redis(process.env.REDIS_URL ?? '');
await redis.del('graphql:budget:ann', 'graphql:budget:eve');

const schema = buildSchema(`
  type Author {
    name: String!
    tags(first: Int = 10): [String!]!
    posts(first: Int = 10): [Post!]!
  }
  type Post { title: String!  author: Author! }
  type Query { authors(first: Int = 10): [Author!]!  report: String! }
  type Mutation { signIn(email: String!, password: String!): Boolean! }
`);

/** What the resolvers did, in place of a database that would groan. */
const done = { objects: 0, passwords: 0, stopped: 0 };
type First = { first: number };
const listOf = <T>(first: number, item: () => T) => {
  done.objects += Math.max(first, 0);
  return Array.from({ length: Math.max(first, 0) }, item);
};
const author = () => ({
  name: 'Ann',
  tags: ({ first }: First) => listOf(first, () => 'sql'),
  posts: ({ first }: First) => listOf(first, post),
});
const post = () => ({
  title: 'A post',
  author: () => {
    done.objects += 1;
    return author();
  },
});
const rootValue = {
  authors: ({ first }: First) => listOf(first, author),
  signIn: () => {
    done.passwords += 1;
    return false;
  },
  // Would wait for ever; stops when it is told to.
  report: (_: unknown, _context: unknown, info: GraphQLResolveInfo) =>
    new Promise<string>((_resolve, reject) => {
      info.getAbortSignal()?.addEventListener('abort', () => {
        done.stopped += 1;
        reject(new Error('stopped'));
      });
    }),
};

const GRAPHQL_TYPE = 'application/graphql-response+json';

const app = express();
app.use(express.json({ limit: '100kb' }));

/** As in most introductions; many servers take a list of queries too. */
app.post('/open', async (req, res) => {
  type Asked = { query: string; variables?: Record<string, unknown> };
  const asked = [req.body as Asked | Asked[]].flat();
  const results = asked.map(({ query, variables = {} }) =>
    graphql({ schema, rootValue, source: query, variableValues: variables }),
  );
  res.json(await Promise.all(results));
});

// #region limited
const LIMIT = { depth: 8, cost: 5_000, tokens: 1_000, milliseconds: 10_000 };
/** Points for each caller and minute, over all its requests. */
const BUDGET = 20_000;

/** One operation: a list of them would share one request's limits. */
const Body = z.object({
  query: z.string().max(10_000),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

async function spent(caller: string, cost: number): Promise<number> {
  const key = `graphql:budget:${caller}`;
  const [total] =
    (await redis.multi().incrby(key, cost).expire(key, 60, 'NX').exec()) ?? [];
  if (!total || total[0]) throw total?.[0] ?? new Error('no answer');
  return Number(total[1]);
}

app.post('/limited', async (req, res) => {
  const body = Body.safeParse(req.body);
  if (!body.success) return refuse(res, 422, 'Send one operation.');
  const { query, variables, operationName } = body.data;

  let document;
  try {
    document = parse(query, { maxLexicalTokens: LIMIT.tokens });
  } catch {
    return refuse(res, 400, 'Not GraphQL, or long.');
  }
  const rules = [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const options = { maxErrors: 5, hideSuggestions: true };
  const [fault] = validate(schema, document, rules, options);
  if (fault) return refuse(res, 422, fault.message);

  let size;
  try {
    const name = operationName ?? undefined;
    size = sizeOf(schema, document, variables ?? {}, name);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return refuse(res, 422, error.message);
  }
  if (size.cost > LIMIT.cost) return refuse(res, 422, `Costs ${size.cost}.`);
  if (size.depth > LIMIT.depth) return refuse(res, 422, 'Too deep.');
  const caller = req.get('x-caller') ?? 'nobody'; // stands for a session
  if ((await spent(caller, size.cost)) > BUDGET) {
    return refuse(res.set('Retry-After', '60'), 429, 'Budget is spent.');
  }

  try {
    const result = await execute({
      schema,
      document,
      rootValue,
      variableValues: variables ?? {},
      operationName: operationName ?? null,
      abortSignal: AbortSignal.timeout(LIMIT.milliseconds),
    });
    res.type(GRAPHQL_TYPE).send(JSON.stringify(result));
  } catch (error) {
    if (!(error instanceof AbortedGraphQLExecutionError)) throw error;
    refuse(res, 503, 'Took too long.');
  }
});
// #endregion limited

function refuse(res: Response, status: number, message: string) {
  const body = JSON.stringify({ errors: [{ message }] });
  res.status(status).type(GRAPHQL_TYPE).send(body);
}

const nested = (levels: number): string =>
  levels === 0
    ? '{ title }'
    : `{ author { posts(first: 1) ${nested(levels - 1)} } }`;
/** Each fragment spreads the one before it twice. */
const doubled = (levels: number) => {
  const fragments = Array.from(
    { length: levels },
    (_, n) =>
      `fragment F${n + 1} on Author { ` +
      `a: posts(first: 1) { author { ...F${n} } } ` +
      `b: posts(first: 1) { author { ...F${n} } } }`,
  );
  const query = `{ authors(first: 1) { ...F${levels} } }`;
  return [query, 'fragment F0 on Author { name }', ...fragments].join(' ');
};
const flood = Array.from({ length: 500 }, (_, n) => `a${n}:__typename`);
const guess = (n: number) =>
  `signIn(email: "ann@example.com", password: "${n}")`;
const guesses = Array.from({ length: 60 }, (_, n) => n);
const attacks: Record<string, unknown> = {
  'an honest page': {
    query: '{ authors { name posts { title } } }',
  },
  'a large page': {
    query: 'query ($n: Int) { authors(first: $n) { name } }',
    variables: { n: 50_000 },
  },
  'a page to pay for it': {
    query:
      '{ a: authors(first: -50000) { name } ' +
      'b: authors(first: 50000) { name } }',
  },
  'a list of strings': {
    query: '{ authors(first: 1) { tags(first: 50000) } }',
  },
  'pages in pages': {
    query:
      '{ authors(first: 30) { posts(first: 30) { author { ' +
      'posts(first: 30) { title } } } } }',
  },
  'a deep path': {
    query: `{ authors(first: 1) { posts(first: 1) ${nested(60)} } }`,
  },
  'fragments, twice each': { query: doubled(12) },
  'a flood of aliases': { query: `{ ${flood.join(' ')} }` },
  'a password per alias': {
    query: `mutation { ${guesses.map((n) => `a${n}: ${guess(n)}`).join(' ')} }`,
  },
  'a list of operations': guesses.map((n) => ({
    query: `mutation { ${guess(n)} }`,
  })),
};

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

/** Sends one request, and tells what it made the server do. */
async function send(path: string, body: unknown, caller = 'ann') {
  done.objects = done.passwords = 0;
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-caller': caller },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const [, message] = /"message":"([^"]*)"/.exec(text) ?? [];
  const work = done.passwords
    ? `${done.passwords} passwords`
    : `${done.objects} objects`;
  return { status: response.status, message, work };
}

console.log('one request            bytes  without limits  with limits');
for (const [name, body] of Object.entries(attacks)) {
  const bytes = String(JSON.stringify(body).length);
  const open = await send('/open', body);
  const limited = await send('/limited', body);
  const answer = limited.message ?? limited.work;
  console.log(
    name.padEnd(22),
    bytes.padStart(5),
    '',
    open.work.padEnd(15),
    limited.status,
    answer,
  );
  const honest = name === 'an honest page';
  assert.equal(limited.status === 200, honest);
  assert.equal(limited.work, honest ? open.work : '0 objects');
}

/** Whether a limit of depth would refuse it, and nothing else did. */
const isDeep = (body: unknown) =>
  [body as { query: string; variables?: Record<string, unknown> }]
    .flat()
    .some(({ query, variables }) => {
      const { depth } = sizeOf(schema, parse(query), variables);
      return depth > LIMIT.depth;
    });
const deep = Object.values(attacks).filter(isDeep).length;
const count = Object.keys(attacks).length - 1;
console.log(`\na limit of depth alone: refuses ${deep} of ${count}`);
assert.deepEqual([deep, count], [2, 9]);

/** To count the first spread by spread would take 33 million steps. */
const others: Record<string, number> = {
  [doubled(25)]: 422,
  '{ authors(first: null) { posts(first: null) { title } } }': 422,
  [`{ authors { name } } ${' '.repeat(10_000)}`]: 422,
};
for (const [query, status] of Object.entries(others)) {
  assert.equal((await send('/limited', { query })).status, status);
}

// Four guesses fit into a request, and twenty into a minute.
const four = `mutation { ${guesses
  .slice(0, 4)
  .map((n) => `a${n}: ${guess(n)}`)
  .join(' ')} }`;
let tried = 0;
let last;
do {
  last = await send('/limited', { query: four }, 'eve');
  tried += done.passwords;
} while (last.status === 200);
console.log(`four guesses a request: ${tried} a minute, then`, last.status);
assert.deepEqual([tried, last.status], [20, 429]);

// Nobody needs to wait ten seconds for this one.
LIMIT.milliseconds = 50;
const slow = await send('/limited', { query: '{ report }' });
console.log('a field that hangs:', slow.status, slow.message);
assert.deepEqual([slow.status, done.stopped], [503, 1]);

server.close();
await once(server, 'close');
await redis.del('graphql:budget:ann', 'graphql:budget:eve');
await redis.quit();
