import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import {
  buildSchema,
  graphql,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  type GraphQLFormattedError,
} from 'graphql';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  DROP SCHEMA IF EXISTS graphql_errors CASCADE;
  CREATE SCHEMA graphql_errors;
  CREATE TABLE graphql_errors.stock (sku text PRIMARY KEY, left_over int);
`);

const schema = buildSchema(`
  type Review { stars: Int! }
  type Product { sku: String!  price: Int  stock: Int!  reviews: [Review!] }
  type Query { product: Product  products: [Product!]! }
`);
const product = {
  sku: 'PEN-1',
  price: 250,
  // The column was renamed; this is what the driver says of it.
  stock: () => pool.query('SELECT amount FROM graphql_errors.stock'),
  reviews: () => {
    throw new GraphQLError('Reviews are switched off.', {
      extensions: { code: 'UNAVAILABLE' },
    });
  },
};
const rootValue = { product, products: [product, product] };

const logged: string[] = [];

// #region errors
const GRAPHQL_TYPE = 'application/graphql-response+json';
const rules = [...specifiedRules, NoSchemaIntrospectionCustomRule];

/** Words made for a client have a code; all others were made for us. */
function shown(error: GraphQLError): GraphQLFormattedError {
  const cause = error.originalError ?? error;
  const forClient = cause instanceof GraphQLError && 'code' in cause.extensions;
  // Without a path the document itself was wrong, and nothing has run.
  if (forClient || !error.path) return error.toJSON();
  logged.push(cause.message);
  const extensions = { code: 'INTERNAL' };
  return { message: 'Internal error', path: error.path, extensions };
}

const app = express();
app.use(express.json());

app.post('/plain', async (req, res) => {
  const { query: source } = req.body as { query: string };
  res.json(await graphql({ schema, source, rootValue, rules }));
});

app.post('/careful', async (req, res) => {
  const { query: source } = req.body as { query: string };
  const options = { rules, hideSuggestions: true, maxErrors: 5 };
  const result = await graphql({ schema, source, rootValue, ...options });
  const errors = result.errors?.map(shown);
  // Without `data` nothing ran: that is the request's fault.
  res.status('data' in result ? 200 : 400).type(GRAPHQL_TYPE);
  res.send(JSON.stringify({ ...result, ...(errors && { errors }) }));
});
// #endregion errors

const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

type Answer = {
  data?: unknown;
  errors?: { message: string }[];
};
async function asked(path: string, query: string) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors = [] } = (await response.json()) as Answer;
  return { status: response.status, data, errors };
}

const queries = {
  'all is well': '{ product { sku } }',
  'one field failed': '{ product { sku reviews { stars } } }',
  'an Int! failed': '{ product { sku price stock } }',
  'one item failed': '{ products { sku stock } }',
  'does not parse': '{ product { sku ',
  'no such field': '{ product { skus } }',
  'asks for the schema': '{ __schema { types { name } } }',
};
for (const [name, query] of Object.entries(queries)) {
  console.log(name);
  for (const path of ['/plain', '/careful']) {
    const { status, data, errors } = await asked(path, query);
    const body = data === undefined ? 'no data' : JSON.stringify(data);
    console.log(`  ${path.slice(1).padEnd(8)} ${status} ${body}`);
    for (const { message } of errors.slice(0, 1)) {
      console.log(`               ${message.slice(0, 55)}`);
    }
    const text = JSON.stringify(errors);
    if (path === '/careful') assert.doesNotMatch(text, /amount|Did you mean/);
    const ran = data !== undefined;
    assert.equal(status, ran || path === '/plain' ? 200 : 400);
  }
}
assert(logged.every((message) => message.includes('amount')));
console.log(`\nlogged: ${logged.length} faults`);

server.close();
await once(server, 'close');
await pool.query('DROP SCHEMA graphql_errors CASCADE');
await pool.end();
