import assert from 'node:assert/strict';
import DataLoader from 'dataloader';
import { buildSchema, graphql } from 'graphql';
import { Pool, type QueryResultRow } from 'pg';

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(`
  DROP SCHEMA IF EXISTS graphql_n_plus_one CASCADE;
  CREATE SCHEMA graphql_n_plus_one;
  CREATE TABLE graphql_n_plus_one.author (
    id   int PRIMARY KEY,
    name text NOT NULL
  );
  CREATE TABLE graphql_n_plus_one.post (
    id        int PRIMARY KEY,
    title     text NOT NULL,
    author_id int NOT NULL REFERENCES graphql_n_plus_one.author
  );
  INSERT INTO graphql_n_plus_one.author
  SELECT n, 'Author ' || n FROM generate_series(1, 10) AS n;
  -- The newest post is by author 10, the next one by author 9.
  INSERT INTO graphql_n_plus_one.post
  SELECT n, 'Post ' || n, 1 + (n - 1) % 10 FROM generate_series(1, 50) AS n;
`);

let statements = 0;
async function rowsOf<Row extends QueryResultRow>(
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  statements += 1;
  return (await pool.query<Row>(sql, values)).rows;
}

const schema = buildSchema(`
  type Author { id: Int!  name: String! }
  type Post { title: String!  author: Author }
  type Query { posts(first: Int = 50): [Post!]! }
`);

type Author = { id: number; name: string };
type Post = { id: number; title: string; author_id: number };

// #region loaders
const ONE = 'SELECT * FROM graphql_n_plus_one.author WHERE id = $1';
const MANY = `SELECT * FROM graphql_n_plus_one.author
  WHERE id = ANY($1) ORDER BY id`;

type AuthorOf = (id: number) => Promise<Author | null>;

/** One statement for each post. */
const oneByOne = (): AuthorOf => async (id) => {
  const [author] = await rowsOf<Author>(ONE, [id]);
  return author ?? null;
};

/** One statement; the rows come in an order of their own. */
const asTheyCome = (): AuthorOf => {
  const loader = new DataLoader<number, Author | null>((ids) =>
    rowsOf<Author>(MANY, [ids]),
  );
  return (id) => loader.load(id);
};

/** One statement, and each key gets its own row, or null. */
const byKey = (): AuthorOf => {
  const loader = new DataLoader<number, Author | null>(async (ids) => {
    const rows = await rowsOf<Author>(MANY, [ids]);
    const authors = new Map(rows.map((author) => [author.id, author]));
    return ids.map((id) => authors.get(id) ?? null);
  });
  return (id) => loader.load(id);
};

/** The resolvers of one request; `authorOf` lives as long as they do. */
const rootFor = (authorOf: AuthorOf) => ({
  posts: async ({ first }: { first: number }) => {
    const posts = await rowsOf<Post>(
      'SELECT * FROM graphql_n_plus_one.post ORDER BY id DESC LIMIT $1',
      [first],
    );
    return posts.map(({ title, author_id }) => ({
      title,
      author: () => authorOf(author_id),
    }));
  },
});
// #endregion loaders

const source = '{ posts { title author { name } } }';
type Data = { posts: { title: string; author: { name: string } | null }[] };

async function asked(authorOf: AuthorOf) {
  statements = 0;
  const rootValue = rootFor(authorOf);
  const { data, errors } = await graphql({ schema, source, rootValue });
  assert.equal(errors, undefined);
  const { posts } = data as unknown as Data;
  const right = posts.filter(({ title, author }) => {
    const number = Number(title.replace('Post ', ''));
    return author?.name === `Author ${1 + ((number - 1) % 10)}`;
  });
  return { statements, right: right.length, posts };
}

console.log('50 posts of 10 authors       statements  right authors');
const line = (name: string, answer: { statements: number; right: number }) =>
  console.log(
    name.padEnd(28),
    String(answer.statements).padEnd(11),
    answer.right,
  );
const plain = await asked(oneByOne());
line('a statement for each post', plain);
const careless = await asked(asTheyCome());
line('a loader, rows as they come', careless);
const batched = await asked(byKey());
line('a loader, rows by key', batched);
assert.deepEqual([plain.statements, plain.right], [51, 50]);
assert.deepEqual([careless.statements, careless.right], [2, 0]);
assert.deepEqual([batched.statements, batched.right], [2, 50]);

// One loader for all requests remembers what it has loaded.
const shared = byKey();
await asked(shared);
await pool.query(
  "UPDATE graphql_n_plus_one.author SET name = 'Anonymous' WHERE id = 10",
);
const stale = await asked(shared);
const fresh = await asked(byKey());
console.log('\nauthor 10 takes her name off; the next request shows');
console.log('a loader for the server     ', stale.posts[0]?.author?.name);
console.log('a loader for each request   ', fresh.posts[0]?.author?.name);
assert.equal(stale.posts[0]?.author?.name, 'Author 10');
assert.equal(fresh.posts[0]?.author?.name, 'Anonymous');

await pool.query('DROP SCHEMA graphql_n_plus_one CASCADE');
await pool.end();
