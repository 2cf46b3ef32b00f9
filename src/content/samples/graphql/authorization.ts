import assert from 'node:assert/strict';
import { buildSchema, graphql } from 'graphql';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  DROP SCHEMA IF EXISTS graphql_shop CASCADE;
  CREATE SCHEMA graphql_shop;
  CREATE TABLE graphql_shop.customer (
    id    int PRIMARY KEY,
    email text NOT NULL
  );
  CREATE TABLE graphql_shop.purchase (
    id          int PRIMARY KEY,
    customer_id int NOT NULL REFERENCES graphql_shop.customer,
    product_id  int NOT NULL,
    total_cents int NOT NULL
  );
  INSERT INTO graphql_shop.customer
  VALUES (1, 'ann@example.com'), (2, 'eve@example.com');
  INSERT INTO graphql_shop.purchase
  VALUES (10, 1, 7, 4900), (20, 2, 7, 1500);
`);

const schema = buildSchema(`
  type Customer { email: String!  purchases: [Purchase!]! }
  type Purchase { totalCents: Int!  customer: Customer }
  type Product { buyers: [Purchase!]! }
  type Query {
    purchase(id: Int!): Purchase
    customer(id: Int!): Customer
    product(id: Int!): Product
    node(id: Int!): Purchase
  }
`);

type Viewer = { id: number };
type Row = { id: number; customer_id: number; total_cents: number };
type Customer = { id: number; email: string };
type Column = 'id' | 'customer_id' | 'product_id';

// #region checks
/** Reads whatever it is asked for; the resolvers are to check. */
const unchecked = {
  purchases: async (_viewer: Viewer, column: Column, value: number) => {
    const sql = `SELECT * FROM graphql_shop.purchase
      WHERE ${column} = $1 ORDER BY id`;
    return (await pool.query<Row>(sql, [value])).rows;
  },
  customers: async (_viewer: Viewer, id: number) => {
    const sql = 'SELECT * FROM graphql_shop.customer WHERE id = $1';
    return (await pool.query<Customer>(sql, [id])).rows;
  },
};

/** The same, but only what the viewer may see: no path leads around. */
const checked: typeof unchecked = {
  purchases: async (viewer, column, value) => {
    const sql = `SELECT * FROM graphql_shop.purchase
      WHERE ${column} = $1 AND customer_id = $2 ORDER BY id`;
    return (await pool.query<Row>(sql, [value, viewer.id])).rows;
  },
  customers: async (viewer, id) => {
    const sql = `SELECT * FROM graphql_shop.customer
      WHERE id = $1 AND id = $2`;
    return (await pool.query<Customer>(sql, [id, viewer.id])).rows;
  },
};

/** Checks where the ticket said: in the resolver of `purchase`. */
function rootFor(viewer: Viewer, data: typeof unchecked) {
  const purchase = (row: Row) => ({
    totalCents: row.total_cents,
    customer: () => customer(row.customer_id),
  });
  const customer = async (id: number) => {
    const [found] = await data.customers(viewer, id);
    if (!found) return null;
    const own = () => data.purchases(viewer, 'customer_id', id);
    const purchases = async () => (await own()).map(purchase);
    return { email: found.email, purchases };
  };
  return {
    purchase: async ({ id }: { id: number }) => {
      const [row] = await data.purchases(viewer, 'id', id);
      return row?.customer_id === viewer.id ? purchase(row) : null;
    },
    customer: ({ id }: { id: number }) => customer(id),
    product: ({ id }: { id: number }) => ({
      buyers: async () =>
        (await data.purchases(viewer, 'product_id', id)).map(purchase),
    }),
    node: async ({ id }: { id: number }) => {
      const [row] = await data.purchases(viewer, 'id', id);
      return row ? purchase(row) : null;
    },
  };
}
// #endregion checks

const paths = [
  '{ purchase(id: 10) { totalCents customer { email } } }',
  '{ customer(id: 1) { email purchases { totalCents } } }',
  '{ product(id: 7) { buyers { totalCents customer { email } } } }',
  '{ node(id: 10) { totalCents customer { email } } }',
];
const eve: Viewer = { id: 2 };

async function leaksTo(viewer: Viewer, source: string, data: typeof unchecked) {
  const rootValue = rootFor(viewer, data);
  const { data: answer, errors } = await graphql({ schema, source, rootValue });
  assert.equal(errors, undefined);
  return /4900|ann@/.test(JSON.stringify(answer));
}

console.log("Eve asks for Ann's purchase     in a resolver  with the data");
const leaks = { resolver: 0, data: 0 };
for (const source of paths) {
  const resolver = await leaksTo(eve, source, unchecked);
  const data = await leaksTo(eve, source, checked);
  leaks.resolver += Number(resolver);
  leaks.data += Number(data);
  const [path = ''] = /\w+\(id: \d+\)/.exec(source) ?? [];
  const word = (leaked: boolean) => (leaked ? 'leaks' : 'nothing');
  console.log(path.padEnd(31), word(resolver).padEnd(14), word(data));
}
assert.deepEqual(leaks, { resolver: 3, data: 0 });

// The check must not hide from people what is theirs.
const ann: Viewer = { id: 1 };
for (const source of paths) assert(await leaksTo(ann, source, checked));
await pool.query('DROP SCHEMA graphql_shop CASCADE');
await pool.end();
